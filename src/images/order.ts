// Which pictures an epoch shows, in which order.
import { permutation, random, shuffled } from "./random.ts";
import type { Item } from "./sources/listing.ts";

export type Sampling = "uniform" | "balanced";

/** Numbers of the items that an epoch of so many places shows, place by place: a pure function of its arguments. */
export const epochOrder = (
  sampling: Sampling,
  seed: number,
  epoch: number,
  items: readonly Pick<Item, "label">[],
  places: number,
): Uint32Array => orders[sampling](seed, epoch, items, places);

/**
 * Numbers of the items that take the place of one which cannot be read, one after another until one can: drawn from the same epoch's order, a pure
 * function of seed, epoch and place, so that a run taken up again draws the same.
 */
export function* redraws(seed: number, epoch: number, place: number, order: ArrayLike<number>): Generator<number> {
  const { int } = random(seed, "redraw", epoch, place);
  for (let draw = 0; draw < mostRedraws; draw++) yield order[int(order.length)]!;
}

/** So many unreadable ones in a row are no chance. */
const mostRedraws = 100;

type Order = (seed: number, epoch: number, items: readonly Pick<Item, "label">[], places: number) => Uint32Array;

const orders: Readonly<Record<Sampling, Order>> = {
  /** A permutation, from its start again where there are more places than items. */
  uniform(seed, epoch, { length }, places) {
    const order = permutation(seed, epoch, length);
    return Uint32Array.from({ length: places }, (_, place) => order[place % length]!);
  },
  /**
   * Each class as often as any other, or once more: its pictures in an order of their own, from its start again where the class has fewer; then
   * all of them shuffled. Classes without pictures are passed over.
   */
  balanced(seed, epoch, items, places) {
    const byClass = new Map<number, number[]>();
    for (const [index, { label }] of items.entries()) {
      const members = byClass.get(label);
      if (members) members.push(index);
      else byClass.set(label, [index]);
    }
    const classes = [...byClass.entries()].sort(([one], [other]) => one - other);
    const ranks = shuffled(random(seed, "order", epoch, 1), classes.length);
    const drawn = classes.flatMap(([label, members], at) => {
      const most = Math.floor(places / classes.length) + (ranks[at]! < places % classes.length ? 1 : 0);
      const order = shuffled(random(seed, "order", epoch, 2 + label), members.length);
      return Array.from({ length: most }, (_, i) => members[order[i % members.length]!]!);
    });
    return permutation(seed, epoch, places).map((at) => drawn[at]!);
  },
};
