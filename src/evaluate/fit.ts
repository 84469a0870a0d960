// How a network's pictures are brought in where they are not cropped.
import type { Fit, FitName } from "../images/crop.ts";
import { type Pixels, zeroColor } from "../network/preprocessing.ts";

/** Undefined for a crop; a letterbox is of the colour that these pixels make 0. */
export const fitOf = (name: FitName, pixels: Pixels): Fit | undefined =>
  name === "crop" ? undefined : name === "squash" ? { name } : { name, fill: zeroColor(pixels) };
