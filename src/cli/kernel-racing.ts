// `inception bench kernels` at work, with the shape that is raced on a live line.
import { checkBatch } from "../config/most-pictures.ts";
import { UserError } from "../errors.ts";
import { buildNetwork } from "../network/catalog.ts";
import { convolutionsOf } from "../race/convolutions.ts";
import { type Race, raceConvolution } from "../race/race.ts";
import type { Precision } from "../runtime/features.ts";
import { vectorsOfKernels } from "../runtime/features.ts";
import type { ChosenNetwork } from "./network-argument.ts";
import { note } from "./print.ts";

type Asked = Omit<ChosenNetwork, "batch"> & {
  readonly batch: number;
  readonly precision: Precision;
  readonly turns: number;
};

/** Throws UserError("checkFailed") where the project's kernels do not run. */
export async function race({ options, size, batch, precision, turns }: Asked): Promise<Race[]> {
  checkBatch(batch, size);
  if (!vectorsOfKernels())
    throw new UserError(
      "checkFailed",
      "bench kernels: expected a processor with AVX2 for the project's own kernels, got none",
    );
  const input = { height: size, width: size, channels: 3 };
  const convolutions = convolutionsOf(buildNetwork(options, size), input, batch, precision);
  const races: Race[] = [];
  for (const [index, convolution] of convolutions.entries()) {
    if (index % 10 === 0) note(`${index} of ${convolutions.length} shapes raced`);
    races.push(...raceConvolution(convolution, turns));
  }
  return races;
}
