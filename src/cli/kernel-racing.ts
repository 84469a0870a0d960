// `inception bench kernels` at work, with the shape that is raced on a live line.
import { checkBatch } from "../config/most-pictures.ts";
import { UserError } from "../errors.ts";
import { passes } from "../graph/kernels.ts";
import { latePools } from "../graph/late-pools.ts";
import { foldedNetwork } from "../interpret/folded.ts";
import { buildNetwork } from "../network/catalog.ts";
import { type Convolution, convolutionsOf, racedSides, siblingConvolutionsOf, tasksOf } from "../race/convolutions.ts";
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

const racedAtAll = (convolution: Convolution): boolean =>
  tasksOf(convolution).some((task) => racedSides(task, convolution.parts).length > 1);

/** Throws UserError("checkFailed") where the project's kernels do not run. */
export async function race({ options, size, batch, precision, turns }: Asked): Promise<Race[]> {
  checkBatch(batch, size);
  if (!vectorsOfKernels())
    throw new UserError(
      "checkFailed",
      "bench kernels: expected a processor with AVX2 for the project's own kernels, got none",
    );
  const input = { height: size, width: size, channels: 3 };
  const network = buildNetwork(options, size);
  const siblings = [network, foldedNetwork(network).network].flatMap((of) =>
    siblingConvolutionsOf(latePools(of), input, batch, precision).filter((all) => racedAtAll(all)),
  );
  const convolutions = [...convolutionsOf(network, input, batch, precision), ...siblings];
  const races: Race[] = [];
  for (const [index, convolution] of convolutions.entries()) {
    if (index % 10 === 0) note(`${index} of ${convolutions.length} shapes raced`);
    races.push(...raceConvolution(convolution, turns, [...passes, "inference"]));
  }
  return races;
}
