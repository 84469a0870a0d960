// All crops of one decoded picture.
import { flip } from "./color.ts";
import type { Box } from "./crop.ts";
import { type Picture, resizePicture } from "./decode.ts";
import { type Crop, cropCounts, type MultiCrop, planCrops } from "./protocols.ts";

/** RGB bytes, crops * size * size * 3, in the order of `planCrops`. Each scale is made once, from the decoded pixels. */
export async function cutCrops(picture: Picture, protocol: MultiCrop, size: number): Promise<Uint8Array> {
  const bytes = size * size * 3;
  const all = new Uint8Array(cropCounts[protocol] * bytes);
  let done = 0;
  for (const view of planCrops(protocol, picture.width, picture.height, size)) {
    const resized = await resizePicture(view.cut ? cut(picture, view.cut) : picture, view.resize);
    let pixels: Uint8Array = new Uint8Array();
    for (const crop of view.crops) {
      // A mirrored crop follows the one that it mirrors.
      if (crop.mirrored) flip(pixels, size);
      else pixels = await pixelsOf(crop, resized, size);
      all.set(pixels, done++ * bytes);
    }
  }
  return all;
}

async function pixelsOf({ anchor, box }: Crop, resized: Picture, size: number): Promise<Uint8Array> {
  const square = cut(resized, box);
  return anchor === "whole" ? (await resizePicture(square, { width: size, height: size })).pixels : square.pixels;
}

function cut({ pixels, width }: Picture, box: Box): Picture {
  const row = box.width * 3;
  const part = new Uint8Array(box.height * row);
  for (let y = 0; y < box.height; y++) {
    const from = ((box.top + y) * width + box.left) * 3;
    part.set(pixels.subarray(from, from + row), y * row);
  }
  return { pixels: part, width: box.width, height: box.height };
}
