// Options of every command that looks at pictures with a trained network: how they reach it.
import { largestSize } from "../network/options.ts";
import { choice, decimal, wholeNumber } from "./options.ts";

/** The shares that `--crop-share` takes: a smaller one would blow pictures up to gigabytes. */
const shares = { least: 0.1, most: 1 } as const;

/** `conflicts`: options that leave no picture to look at. */
export const viewOptions = (conflicts: readonly string[] = []) => ({
  preset: choice("<name>", "how a single crop is cut and resized (default: as the network was trained)", {
    choices: ["tf", "torchvision", "timm"],
    conflicts,
  }),
  fit: choice(
    "<name>",
    "a crop, or the whole picture: filled up to a square, or squashed (default: as it was trained)",
    {
      choices: ["crop", "letterbox", "squash"],
      conflicts,
    },
  ),
  size: wholeNumber("<pixels>", "height and width of the network's input (default: as it was trained)", {
    most: largestSize,
    conflicts,
  }),
  cropShare: decimal("<share>", "of the central crop; timm's crop_pct (default: the preset's 0.875)", {
    ...shares,
    conflicts,
  }),
  interpolation: choice(
    "<kernel>",
    "resizes a single crop; tensorflow goes with the preset tf (default: the preset's)",
    {
      choices: ["bilinear", "bicubic", "tensorflow"],
      conflicts,
    },
  ),
});
