// Pictures that are there twice: the same bytes, or the same to the eye in another size, format or compression.

/** Height and width of the whole picture, squashed, that a print is made of. */
export const printSize = 32;
const [rows, columns] = [8, 8];
/** Bits of 64 by which two prints may differ. */
const mostBits = 3;
/** Mean distance of the 64 levels, of 255. */
const mostLevels = 8;

/** What is left of a picture where size and compression no longer count. */
export type Print = {
  /**
   * Where a row gets brighter from left to right, 64 places (a difference hash), in four parts of 16 bits that each cover all of the picture.
   */
  readonly parts: readonly [number, number, number, number];
  /** Mean luma of 8 x 8 blocks. */
  readonly levels: Uint8Array;
};

/** From RGB bytes, 32 x 32 x 3. */
export function printOf(pixels: Uint8Array): Print {
  const luma = (row: number, column: number): number => {
    const at = (row * printSize + column) * 3;
    return (299 * pixels[at]! + 587 * pixels[at + 1]! + 114 * pixels[at + 2]!) / 1000;
  };
  const mean = (row: number, column: number, acrosses: number): number => {
    const edge = (i: number, parts: number): number => Math.floor((i * printSize) / parts);
    let [sum, count] = [0, 0];
    for (let y = edge(row, rows); y < edge(row + 1, rows); y++)
      for (let x = edge(column, acrosses); x < edge(column + 1, acrosses); x++, count++) sum += luma(y, x);
    return sum / count;
  };
  const parts: [number, number, number, number] = [0, 0, 0, 0];
  const levels = new Uint8Array(rows * columns);
  for (let row = 0; row < rows; row++)
    for (let column = 0; column < columns; column++) {
      const place = row * columns + column;
      levels[place] = Math.round(mean(row, column, columns));
      if (mean(row, column + 1, columns + 1) > mean(row, column, columns + 1)) parts[place % 4]! |= 1 << (place >> 2);
    }
  return { parts, levels };
}

/** The indices of two prints that are of one picture, as far as they tell; each pair once, the smaller first. */
export function nearPairs(prints: readonly Print[]): [number, number][] {
  const pairs = new Map<string, [number, number]>();
  // With at most three bits apart, one of four parts is the same.
  for (const part of [0, 1, 2, 3] as const)
    for (const bucket of groupsOf(prints.map(({ parts }) => parts[part])))
      for (const [position, first] of bucket.entries())
        for (const second of bucket.slice(position + 1))
          if (near(prints[first]!, prints[second]!)) pairs.set(`${first} ${second}`, [first, second]);
  return [...pairs.values()].sort(([a, b], [c, d]) => a - c || b - d);
}

/** The indices of keys that are there more than once, by key, in the order of their first. */
export function groupsOf(keys: readonly (string | number)[]): number[][] {
  const groups = new Map<string | number, number[]>();
  for (const [index, key] of keys.entries()) {
    const group = groups.get(key);
    if (group) group.push(index);
    else groups.set(key, [index]);
  }
  return [...groups.values()].filter(({ length }) => length > 1);
}

function near(a: Print, b: Print): boolean {
  let bits = 0;
  for (let part = 0; part < 4; part++) bits += ones(a.parts[part]! ^ b.parts[part]!);
  if (bits > mostBits) return false;
  let apart = 0;
  for (let place = 0; place < a.levels.length; place++) apart += Math.abs(a.levels[place]! - b.levels[place]!);
  return apart <= mostLevels * a.levels.length;
}

function ones(bits: number): number {
  let count = 0;
  for (let left = bits; left !== 0; left &= left - 1) count++;
  return count;
}
