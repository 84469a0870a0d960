// All crops of one decoded picture.
import { flip } from "./color.ts";
import { cropCounts, type MultiCrop, planCrops } from "./protocols.ts";
import { type Box, type Picture, wholeOf } from "./resample/extent.ts";
import { resample } from "./resample/resample.ts";

/** RGB bytes, crops * size * size * 3, in the order of `planCrops`. Each scale is made once, from the decoded pixels. */
export function cutCrops(picture: Picture, protocol: MultiCrop, size: number): Uint8Array {
  const bytes = size * size * 3;
  const all = new Uint8Array(cropCounts[protocol] * bytes);
  let done = 0;
  for (const { resize, window, crops } of planCrops(protocol, picture.width, picture.height, size)) {
    const scaled = resample(picture, { source: wholeOf(picture), to: resize, window }, "linear");
    const resized = { pixels: scaled, width: window.width, height: window.height };
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
