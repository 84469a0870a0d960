// TensorFlow's kernels of gradients. Nothing is differentiated twice.

import { constantIntegers } from "../attributes.ts";
import type { Value } from "../node.ts";
import type { BackwardOperation } from "../operation-names.ts";
import { type Definition, type Definitions, likeFirst } from "./definition.ts";

const refused = (outputs: Definition["outputs"]): Definition => ({ outputs, gradient: "refused" });
/** What it gives has the shape that this input names. */
const shapedBy = (position: number): Definition =>
  refused((inputs) => [{ dtype: inputs.at(-1)!.dtype, shape: constantIntegers(inputs[position]!) }]);

export const backward: Definitions<BackwardOperation> = {
  Conv2DBackpropInput: shapedBy(0),
  Conv2DBackpropFilter: shapedBy(1),
  DepthwiseConv2dNativeBackpropInput: shapedBy(0),
  DepthwiseConv2dNativeBackpropFilter: shapedBy(1),
  MaxPoolGrad: refused(likeFirst),
  AvgPoolGrad: shapedBy(0),
  BiasAddGrad: refused(([dy]) => [{ dtype: dy!.dtype, shape: dy!.shape.slice(-1) }]),
  ReluGrad: refused(likeFirst),
  LRNGrad: refused(likeFirst),
  /** The last two only fill the places of a mean and a variance. */
  FusedBatchNormGradV3: refused((inputs) => {
    const [, x, scale] = inputs as [Value, Value, Value];
    const none = { dtype: scale.dtype, shape: [0] };
    return [x, scale, scale, none, none];
  }),
};
