// The passes of a network's convolutions that more than one side can compute, and the size at which each is raced.
import { nameOf, type Pass } from "../graph/kernels.ts";
import { latePools } from "../graph/late-pools.ts";
import { foldedNetwork } from "../interpret/folded.ts";
import type { Shape } from "../interpret/shapes.ts";
import type { Layer } from "../network/layer.ts";
import {
  type Convolution,
  convolutionsOf,
  multiplyAdds,
  racedSides,
  siblingConvolutionsOf,
  tasksOf,
} from "./convolutions.ts";

export interface Program {
  readonly network: Layer;
  /** Of the maps, or pictures, that come in. */
  readonly input: Shape;
  readonly batch: number;
  readonly precision: Convolution["dtype"];
  /** All three in training. */
  readonly passes: readonly Pass[];
}

/** A task, by its name, as the program has it, and by that of the smaller batch at which it is raced. */
export type Contest = {
  readonly name: string;
  readonly racedAs: string;
  readonly raced: Convolution;
  readonly pass: Pass;
};

/** Of those that differ in their padding alone, one. */
export function contestsOf({ network, input, batch, precision, passes }: Program): Contest[] {
  const computed = latePools(passes.includes("filter") ? network : foldedNetwork(network).network);
  const convolutions = [
    ...convolutionsOf(computed, input, batch, precision),
    ...siblingConvolutionsOf(computed, input, batch, precision),
  ];
  const all = convolutions.flatMap((convolution) => {
    const raced = shortened(convolution);
    return tasksOf(convolution, passes)
      .filter((task) => racedSides(task, convolution.parts).length > 1)
      .map((task): Contest => {
        const racedAs = nameOf({ ...task, input: raced.input });
        return { name: nameOf(task), racedAs, raced, pass: task.pass };
      });
  });
  return [...new Map(all.map((contest) => [contest.name, contest])).values()];
}

/** Some milliseconds; and so many places that a filter's transform weighs no more than in a whole batch. */
const mostMultiplyAdds = 4e8;
const fewestPlaces = 1024;

/** With as many pictures as a race takes, a power of two, so that programs of nearly the same batch share their races. */
function shortened(convolution: Convolution): Convolution {
  const { input, output } = convolution;
  const [batch, height, width] = input as [number, number, number];
  const fitting = Math.floor((mostMultiplyAdds * batch) / multiplyAdds(convolution));
  const wanted = Math.max(1, fitting, Math.ceil(fewestPlaces / (height * width)));
  const pictures = 2 ** Math.min(Math.ceil(Math.log2(wanted)), Math.floor(Math.log2(batch)));
  return { ...convolution, input: [pictures, ...input.slice(1)], output: [pictures, ...output.slice(1)] };
}
