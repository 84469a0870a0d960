// A decoded picture as a plan shows it to a network: arithmetic alone, which runs in browsers as well.
import { type CropPlan, extentOf } from "./crop.ts";
import type { DecodedPicture } from "./decode.ts";
import { within } from "./jpeg-reduction.ts";
import type { Color, Size } from "./resample/extent.ts";
import { resample } from "./resample/resample.ts";

/** RGB bytes, size * size * 3. `picture` is the size of the whole one, for which the plan is. */
export function cut(picture: Size, decoded: DecodedPicture, plan: CropPlan, size: number): Uint8Array {
  const extent = extentOf(plan, picture, size);
  const pixels = resample(decoded, { ...extent, source: within(extent.source, decoded) }, plan.kernel);
  return plan.fill ? centred(pixels, plan.crop, size, plan.fill) : pixels;
}

/** The picture in the middle of a square of this colour. */
function centred(pixels: Uint8Array, { width, height }: Size, size: number, fill: Color): Uint8Array {
  const square = new Uint8Array(size * size * 3);
  for (let i = 0; i < square.length; i += 3) square.set(fill, i);
  const [left, top] = [Math.floor((size - width) / 2), Math.floor((size - height) / 2)];
  for (let row = 0; row < height; row++)
    square.set(pixels.subarray(3 * row * width, 3 * (row + 1) * width), 3 * ((top + row) * size + left));
  return square;
}
