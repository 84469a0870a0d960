// Occlusion (Zeiler and Fergus, arXiv 1311.2901, section 4.2): how much of a class's probability goes where a patch covers the picture.
import { foreground } from "../evaluate/background.ts";
import { startEvaluator } from "../evaluate/evaluator.ts";
import type { Model } from "../evaluate/model.ts";
import { zeroColor } from "../network/preprocessing.ts";
import type { Precision } from "../runtime/features.ts";
import { inOrder } from "../runtime/in-order.ts";
import { softmax } from "../statistics/softmax.ts";
import type { Grid, Heat } from "./heat.ts";
import type { Method } from "./method.ts";

export interface Patch {
  /** Side of the square in pixels of the network's input. */
  readonly side: number;
  /** From one place to the next; the last one touches the edge, whatever is left. */
  readonly stride: number;
}

/** A sixth of the input's side, moved by half of it: some hundred places whatever the size. */
export function patchOf(size: number, asked: Partial<Patch> = {}): Patch {
  const side = asked.side ?? Math.max(1, Math.round(size / 6));
  return { side, stride: asked.stride ?? Math.max(1, Math.round(side / 2)) };
}

/** Where the patch begins along a side. */
export function placesOf(size: number, { side, stride }: Patch): number[] {
  const last = Math.max(0, size - side);
  return [...Array.from({ length: Math.ceil(last / stride) }, (_, i) => i * stride), last];
}

/** The patch has the colour that these pixels make 0, the mean of what the network was trained on where it has one. */
export async function startOcclusion(
  model: Model,
  { patch, precision }: { readonly patch: Patch; readonly precision: Precision },
): Promise<Method> {
  const { size, preprocessing: pixels, batch } = model;
  const evaluator = await startEvaluator(model.network, { size, pixels, batch, precision });
  await evaluator.load(model.weights, model.path);
  const color = zeroColor(pixels);
  const starts = placesOf(size, patch);
  const places = starts.flatMap((top) => starts.map((left) => ({ left, top })));
  const bytes = size * size * 3;
  const buffers = Array.from({ length: evaluator.atOnce }, () => new Uint8Array(new SharedArrayBuffer(batch * bytes)));
  /** The picture as it is and with each place covered; as many batches in a row as are in work at once have pixels of their own. */
  function* covered(picture: Uint8Array): Generator<Uint8Array> {
    for (let first = -1; first < places.length; first += batch) {
      const images = buffers[((first + 1) / batch) % buffers.length]!;
      for (let i = 0; i < batch; i++) {
        const copy = images.subarray(i * bytes, (i + 1) * bytes);
        copy.set(picture);
        const place = places[first + i];
        if (place) cover(copy, size, { ...place, ...patch }, color);
      }
      yield images;
    }
  }
  const probabilities = (row: Float32Array) => softmax(pixels.background ? foreground(row) : row);
  return {
    async look(picture) {
      const rows: Float32Array[] = [];
      const batches = inOrder(covered(picture), evaluator.atOnce, (images) => evaluator.logits(images));
      for await (const [, some] of batches) rows.push(...some);
      const [whole, ...others] = rows.map(probabilities);
      return {
        logits: rows[0]!,
        heats: async (classes) =>
          classes.map((one): Heat => {
            const drops = Float32Array.from(places, (_, i) => whole![one]! - others[i]![one]!);
            const measured = { width: starts.length, height: starts.length, values: drops };
            return { measured, map: spread(drops, starts, patch.side, size) };
          }),
      };
    },
    close: () => evaluator.close(),
  };
}

function cover(
  pixels: Uint8Array,
  size: number,
  { left, top, side }: { readonly left: number; readonly top: number; readonly side: number },
  color: readonly number[],
): void {
  for (let y = top; y < Math.min(size, top + side); y++)
    for (let x = left; x < Math.min(size, left + side); x++) pixels.set(color, (y * size + x) * 3);
}

/**
 * Each pixel has the mean over the patches that cover it, those weighing more whose middle is nearer: where the stride is half of the side,
 * that is bilinear between the middles. What no patch covers has 0.
 */
export function spread(drops: Float32Array, starts: readonly number[], side: number, size: number): Grid {
  const values = new Float32Array(size * size);
  const shares = Array.from({ length: size }, (_, at) => sharesAt(at, starts, side));
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++)
      for (const [row, down] of shares[y]!)
        for (const [column, across] of shares[x]!)
          values[y * size + x]! += down * across * drops[row * starts.length + column]!;
  return { width: size, height: size, values };
}

/** Of a pixel along a side: numbers of the patches that cover it, and their shares of it, which add up to 1. */
function sharesAt(at: number, starts: readonly number[], side: number): [patch: number, share: number][] {
  const near = starts.flatMap((start, patch): [number, number][] => {
    const closeness = side / 2 - Math.abs(at + 0.5 - (start + side / 2));
    return closeness > 0 ? [[patch, closeness]] : [];
  });
  const all = near.reduce((sum, [, closeness]) => sum + closeness, 0);
  return near.map(([patch, closeness]) => [patch, closeness / all]);
}
