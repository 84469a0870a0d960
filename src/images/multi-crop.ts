// All crops of one decoded picture.
import { flip } from "./color.ts";
import { cropCounts, type MultiCrop, planCrops } from "./protocols.ts";
import { type Box, type Extent, type Picture, type Size, wholeOf } from "./resample/extent.ts";
import { resample } from "./resample/resample.ts";

/** RGB bytes, crops * size * size * 3, in the order of `planCrops`. Each scale is made once, from the decoded pixels. */
export function cutCrops(picture: Picture, protocol: MultiCrop, size: number): Uint8Array {
  const bytes = size * size * 3;
  const all = new Uint8Array(cropCounts[protocol] * bytes);
  let done = 0;
  for (const { resize, window, crops } of planCrops(protocol, picture.width, picture.height, size)) {
    const resized = resizedTo(picture, { source: wholeOf(picture), to: resize, window });
    let pixels: Uint8Array = new Uint8Array();
    for (const { anchor, box, mirrored } of crops) {
      const inWindow = { ...box, left: box.left - window.left, top: box.top - window.top };
      // A mirrored crop follows the one that it mirrors.
      if (mirrored) flip(pixels, size);
      else pixels = anchor === "whole" ? squeezed(resized, inWindow, size) : cut(resized, inWindow);
      all.set(pixels, done++ * bytes);
    }
  }
  return all;
}

const resizedTo = (picture: Picture, extent: Extent): Picture => ({
  pixels: isSame(extent, picture) ? picture.pixels : resample(picture, extent, "linear"),
  width: extent.window.width,
  height: extent.window.height,
});

const isSame = ({ to, window }: Extent, { width, height }: Size): boolean =>
  [to, window].every((size) => size.width === width && size.height === height);

const squeezed = (resized: Picture, square: Box, size: number): Uint8Array => {
  const to = { width: size, height: size };
  return resample(resized, { source: square, to, window: wholeOf(to) }, "linear");
};

function cut({ pixels, width }: Picture, box: Box): Uint8Array {
  const row = box.width * 3;
  const part = new Uint8Array(box.height * row);
  for (let y = 0; y < box.height; y++) {
    const from = ((box.top + y) * width + box.left) * 3;
    part.set(pixels.subarray(from, from + row), y * row);
  }
  return part;
}
