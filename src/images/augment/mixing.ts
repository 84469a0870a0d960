// Pictures of a batch mixed with one another, and their labels with them: MixUp and CutMix.
import type { Random } from "../random.ts";
import { beta } from "./beta.ts";

export type Mixing = { readonly probability: number } & (
  | { readonly name: "mixup" | "cutmix"; readonly alpha: number }
  /** One of the two for each batch, each as likely. */
  | { readonly name: "either"; readonly mixupAlpha: number; readonly cutmixAlpha: number }
);

/** Two labels for each picture, of which the first has the larger share; the same twice, with share 1, where nothing is mixed in. */
export interface MixedLabels {
  readonly labels: Int32Array;
  readonly second: Int32Array;
  /** Of the first label. */
  readonly shares: Float32Array;
}

/** Mixes the other picture into the first, RGB bytes of the same size; how is the same for all pictures of a batch. */
type Mix = { readonly share: number; readonly into: (picture: Uint8Array, other: Uint8Array) => void };

/**
 * Each picture of a batch [n, side, side, 3], in place, mixed with the one after it, the last with the first: a batch of a shuffled epoch is in no
 * order. Those with the label -1 are passed over.
 */
export function mixBatch(
  images: Uint8Array,
  labels: Int32Array,
  side: number,
  mixing: Mixing,
  random: Random,
): MixedLabels {
  const mixed = { labels: labels.slice(), second: labels.slice(), shares: new Float32Array(labels.length).fill(1) };
  const places = [...labels.keys()].filter((at) => labels[at]! >= 0);
  if (places.length < 2 || !random.chance(mixing.probability)) return mixed;
  const bytes = side * side * 3;
  const pictureAt = (at: number): Uint8Array => images.subarray(at * bytes, (at + 1) * bytes);
  const first = pictureAt(places[0]!).slice();
  const { share, into } = drawMix(side, mixing, random);
  for (const [i, at] of places.entries()) {
    const next = places[i + 1];
    into(pictureAt(at), next === undefined ? first : pictureAt(next));
    const [own, other] = [labels[at]!, labels[next ?? places[0]!]!];
    [mixed.labels[at], mixed.second[at]] = share >= 0.5 ? [own, other] : [other, own];
    mixed.shares[at] = Math.max(share, 1 - share);
  }
  return mixed;
}

function drawMix(side: number, mixing: Mixing, random: Random): Mix {
  if (mixing.name !== "either") return mixes[mixing.name](side, mixing.alpha, random);
  return random.chance(0.5)
    ? mixes.mixup(side, mixing.mixupAlpha, random)
    : mixes.cutmix(side, mixing.cutmixAlpha, random);
}

const mixes = {
  /** Zhang et al., arXiv 1710.09412: share * picture + (1 - share) * other, rounded to bytes; the share is of Beta(alpha, alpha). */
  mixup(_side: number, alpha: number, random: Random): Mix {
    const share = beta(random, alpha);
    return {
      share,
      into(picture, other) {
        for (let i = 0; i < picture.length; i++) picture[i] = other[i]! + share * (picture[i]! - other[i]!) + 0.5;
      },
    };
  },
  /**
   * Yun et al., arXiv 1905.04899: a rectangle of the picture's aspect is the other's, with an area of 1 - Beta(alpha, alpha) and a centre anywhere;
   * what lies outside is cut off, and the share is what is left of the picture.
   */
  cutmix(side: number, alpha: number, random: Random): Mix {
    const half = Math.floor(Math.floor(side * Math.sqrt(1 - beta(random, alpha))) / 2);
    const [left, right] = around(random.int(side), half, side);
    const [top, bottom] = around(random.int(side), half, side);
    return {
      share: 1 - ((right - left) * (bottom - top)) / side ** 2,
      into(picture, other) {
        for (let y = top; y < bottom; y++) {
          const [from, to] = [3 * (y * side + left), 3 * (y * side + right)];
          picture.set(other.subarray(from, to), from);
        }
      },
    };
  },
};

const around = (centre: number, half: number, side: number): [number, number] => [
  Math.max(0, centre - half),
  Math.min(side, centre + half),
];
