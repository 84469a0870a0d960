// The project's own operations (native/).

import { attribute } from "../attributes.ts";
import { convolutionGradients, sideBySideGradients } from "../convolution-gradients.ts";
import type { Value } from "../node.ts";
import { outputOf } from "../operation.ts";
import type { Own } from "../operation-names.ts";
import * as op from "../operations.ts";
import { ownBatchNormGradient } from "../own-batch-norm.ts";
import { transformedSize } from "../own-convolution.ts";
import type { Dims } from "../shape.ts";
import { batchNormGradients, mustTakeVectors } from "./batch-statistics.ts";
import { type Definitions, must, mustBe, once } from "./definition.ts";

export const own: Definitions<Own> = {
  /** Perhaps with a bias, and a ReLU after it; backward, it is the gradient of a convolution's input. */
  InceptionConvolution: {
    outputs([input, weights, bias], attributes) {
      const [from, to] = attribute(attributes, "backward", "bool") ? [3, 2] : [2, 3];
      const [filter, map] = [attribute(attributes, "kernel", "ints"), attribute(attributes, "map", "ints")];
      const transformed = attribute(attributes, "transformed", "bool");
      mustBe(weights!, transformed ? [transformedSize(filter, map)] : filter, "the filter");
      must(input!.shape[3] === filter[from], `a filter of [${filter}] does not take [${input!.shape}]`);
      if (attribute(attributes, "biases", "int") > 0) mustBe(bias!, [filter[to]!], "the bias");
      return [{ dtype: input!.dtype, shape: [input!.shape[0]!, ...map, filter[to]!] }];
    },
    gradient({ graph, node, incoming: [dy], kernels }) {
      const [input, filter] = node.inputs as [Value, Value];
      must(!attribute(node.attributes, "backward", "bool"), "a gradient has none itself");
      must(!attribute(node.attributes, "transformed", "bool"), "a transformed filter has no gradient");
      const rectified = attribute(node.attributes, "relu", "bool");
      const sums = once(() =>
        rectified
          ? graph.add({ op: "ReluGrad", inputs: [dy!, outputOf(node, 0)], attributes: { T: { type: dy!.dtype } } })[0]!
          : dy!,
      );
      const padding = attribute(node.attributes, "padding", "ints");
      const stride = attribute(node.attributes, "stride", "int");
      const convolved = { input, filter, output: outputOf(node, 0).shape, stride, padding };
      return [
        ...convolutionGradients(graph, kernels, convolved, sums),
        () => op.sum(graph, op.cast(graph, sums(), "float32"), [0, 1, 2]),
      ];
    },
  },
  /** An output for each filter; backward one, to which a source and a filter each are added. */
  InceptionConvolutions: {
    outputs(inputs, attributes) {
      const number = (name: string) => attribute(attributes, name, "int");
      const [sources, filters] = [inputs.slice(0, number("sources")), inputs.slice(number("sources"))];
      const biases = filters.splice(number("count"));
      const [from, to] = attribute(attributes, "backward", "bool") ? [3, 2] : [2, 3];
      const window = attribute(attributes, "window", "ints");
      for (const [i, filter] of filters.entries()) {
        const seen = sources[i] ?? sources[0]!;
        mustBe({ ...filter, shape: filter.shape.slice(0, 2) }, window, "the filter's places");
        must(seen.shape[3] === filter.shape[from], `a filter of [${filter.shape}] does not take [${seen.shape}]`);
        if (biases.length > 0) mustBe(biases[i]!, [filter.shape[to]!], "the bias");
      }
      const [{ dtype, shape }] = sources as [Value];
      const map = attribute(attributes, "map", "ints");
      return filters
        .slice(0, number("targets"))
        .map((filter) => ({ dtype, shape: [shape[0]!, ...map, filter.shape[to]!] }));
    },
    gradient({ graph, node, incoming, kernels }) {
      const { inputs, outputs, attributes } = node;
      must(!attribute(attributes, "backward", "bool"), "a gradient has none itself");
      must(attribute(attributes, "biases", "int") === 0, "with biases it has no gradient");
      const [input, ...filters] = inputs as [Value, ...Value[]];
      const stride = attribute(attributes, "stride", "int");
      const padding = attribute(attributes, "padding", "ints");
      const dys = once(() =>
        outputs.map(({ dtype, shape }, i) =>
          op.cast(graph, incoming[i] ?? op.broadcastTo(graph, op.scalar(graph, 0), shape), dtype),
        ),
      );
      const of = { input, filters, outputs: outputs.map(({ shape }) => shape), stride, padding };
      return sideBySideGradients(graph, kernels, of, dys);
    },
  },
  InceptionFilterGradients: {
    outputs([input, ...dys], attributes) {
      const window = attribute(attributes, "window", "ints");
      return dys.map(({ shape }) => ({ dtype: "float32", shape: [...window, input!.shape[3]!, shape[3]!] }));
    },
    gradient: "refused",
  },
  InceptionTransformFilter: {
    outputs: ([filter], attributes) => [
      { dtype: "float32", shape: [transformedSize(filter!.shape, attribute(attributes, "map", "ints"))] },
    ],
    gradient: "refused",
  },
  InceptionFilterGradient: {
    outputs: (_inputs, attributes) => [{ dtype: "float32", shape: attribute(attributes, "filter", "ints") }],
    gradient: "refused",
  },
  /** Normalized, mean, variance (unbiased), and one that the gradient needs. */
  InceptionBatchNorm: {
    outputs(inputs) {
      const [x, scale, offset] = inputs as [Value, Value, Value];
      mustTakeVectors(x, scale, offset);
      return [x, scale, scale, scale];
    },
    gradient: (pass) => batchNormGradients(pass, (dy) => ownBatchNormGradient(pass.graph, pass.node, dy)),
  },
  InceptionDecayedGradient: {
    outputs(inputs) {
      const [parts, weights] = [inputs.slice(0, -1), inputs.at(-1)!];
      mustBe(weights, lengthOf(parts), "the weights");
      return [weights, { dtype: "float32", shape: [2] }];
    },
    gradient: "refused",
  },
  InceptionHalfSquares: {
    outputs(inputs) {
      mustBe(inputs.at(-1)!, lengthOf(inputs.slice(0, -1)), "the weights");
      return [{ dtype: "float32", shape: [2] }];
    },
    gradient: "refused",
  },
  InceptionRmsprop: {
    outputs(inputs, attributes) {
      const parts = attribute(attributes, "count", "int");
      const kept = inputs.slice(parts, parts + attribute(attributes, "kept", "int"));
      for (const vector of kept) mustBe(vector, lengthOf(inputs.slice(0, parts)), "what is kept");
      for (const factor of inputs.slice(parts + kept.length)) mustBe(factor, [], "a factor");
      return kept;
    },
    gradient: "refused",
  },
  InceptionBatchNormGradient: { outputs: ([, x, scale, offset]) => [x!, scale!, offset!], gradient: "refused" },
};

/** Of vectors one after the other. */
const lengthOf = (parts: readonly { readonly shape: Dims }[]): Dims => [
  parts.reduce((sum, { shape }) => sum + shape[0]!, 0),
];
