// Where numbers come from: what is fed, constants, bytes, random draws.

import { attribute, constantIntegers } from "../attributes.ts";
import type { Source } from "../operation-names.ts";
import * as op from "../operations.ts";
import { type Definition, type Definitions, must, mustBe, one } from "./definition.ts";

/** A pure function of the seed, which is whole numbers. */
const draw: Definition = {
  outputs([shape, seed], attributes) {
    mustBe(seed!, [2], "the seed");
    return [{ dtype: attribute(attributes, "dtype", "type"), shape: constantIntegers(shape!) }];
  },
  gradient: "none",
};

export const sources: Definitions<Source> = {
  Placeholder: {
    outputs: (_inputs, attributes) => [
      { dtype: attribute(attributes, "dtype", "type"), shape: attribute(attributes, "shape", "shape") },
    ],
    gradient: "none",
  },
  Const: { outputs: (_inputs, attributes) => [attribute(attributes, "value", "tensor")], gradient: "none" },
  Fill: {
    outputs([shape, value]) {
      mustBe(value!, [], "the value");
      return [{ dtype: value!.dtype, shape: constantIntegers(shape!) }];
    },
    gradient: one((graph, dy) => [undefined, () => op.sumTo(graph, dy, [])]),
  },
  /** The classes along a new last axis. */
  OneHot: {
    outputs([labels, classes, on], attributes) {
      must(attribute(attributes, "axis", "int") === -1, "the axis must be the last");
      return [{ dtype: on!.dtype, shape: [...labels!.shape, ...constantIntegers(classes!)] }];
    },
    gradient: "refused",
  },
  /** As many as there are bytes for. */
  DecodeRaw: {
    outputs: (_inputs, attributes) => [{ dtype: attribute(attributes, "out_type", "type"), shape: [-1] }],
    gradient: "none",
  },
  StatelessRandomUniform: draw,
  StatelessTruncatedNormal: draw,
};
