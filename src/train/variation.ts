// How an experiment's training pictures are chosen and varied.
import type { Experiment } from "../config/schema.ts";
import { fitOf } from "../evaluate/fit.ts";
import type { Variation } from "../images/batches.ts";
import { zeroColor } from "../network/preprocessing.ts";

/** With the colour that the network sees as 0 where one is needed; a picture that is not cropped is fitted in as evaluation does. */
export function variationOf({ augment, data, evaluate }: Pick<Experiment, "augment" | "data" | "evaluate">): Variation {
  const { mix, erase, ...own } = augment;
  const fill = erase?.fill === "mean" ? zeroColor(data.pixels) : "noise";
  return {
    augment: { ...own, fit: fitOf(evaluate.fit, data.pixels), erase: erase && { ...erase, fill } },
    mix,
    sampling: data.sampling,
  };
}
