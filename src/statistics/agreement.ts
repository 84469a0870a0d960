// Where two results over the same pictures agree: the table that paired tests and intervals start from.

/** How many pictures both got right, only the first, only the second, neither; a tie divides a picture by chance. */
export type Agreement = {
  readonly both: number;
  readonly onlyA: number;
  readonly onlyB: number;
  readonly neither: number;
};

/** `a` and `b`: 1 where a picture was right, 0 where wrong, a share where a tie decides. Throws RangeError for other lengths. */
export function agree(a: ArrayLike<number>, b: ArrayLike<number>): Agreement {
  if (a.length !== b.length) throw new RangeError(`paired results of ${a.length} and ${b.length} pictures`);
  let [both, onlyA, onlyB, neither] = [0, 0, 0, 0];
  for (let i = 0; i < a.length; i++) {
    const [ownA, ownB] = [a[i]!, b[i]!];
    both += ownA * ownB;
    onlyA += ownA * (1 - ownB);
    onlyB += (1 - ownA) * ownB;
    neither += (1 - ownA) * (1 - ownB);
  }
  return { both, onlyA, onlyB, neither };
}
