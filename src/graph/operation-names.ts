// The operations that a program may hold, by theme: a closed union, for which `definitions/table.ts` has an entry each.

export type Arithmetic =
  | "AddV2"
  | "Sub"
  | "Mul"
  | "RealDiv"
  | "Maximum"
  | "Pow"
  | "GreaterEqual"
  | "Equal"
  | "IsFinite"
  | "Sqrt"
  | "Cast"
  | "Identity";

export type ArrayOperation = "Reshape" | "BroadcastTo" | "ConcatV2" | "SplitV" | "Slice" | "Pad" | "PadV2" | "Pack";

export type BackwardOperation =
  | "Conv2DBackpropInput"
  | "Conv2DBackpropFilter"
  | "DepthwiseConv2dNativeBackpropInput"
  | "DepthwiseConv2dNativeBackpropFilter"
  | "MaxPoolGrad"
  | "AvgPoolGrad"
  | "BiasAddGrad"
  | "ReluGrad"
  | "LRNGrad"
  | "FusedBatchNormGradV3";

export type Classifier = "MatMul" | "Softmax" | "LogSoftmax" | "SoftmaxCrossEntropyWithLogits";

export type Control = "Switch" | "Merge";

export type Exchange = "CollectiveReduce";

export type MapOperation = "Conv2D" | "DepthwiseConv2dNative" | "MaxPool" | "AvgPool" | "BiasAdd" | "Relu";

export type Normalization = "LRN" | "FusedBatchNormV3" | "_FusedBatchNormEx";

export type Own =
  | "InceptionConvolution"
  | "InceptionConvolutions"
  | "InceptionTransformFilter"
  | "InceptionFilterGradient"
  | "InceptionFilterGradients"
  | "InceptionBatchNorm"
  | "InceptionBatchNormGradient"
  | "InceptionDecayedGradient"
  | "InceptionHalfSquares"
  | "InceptionRmsprop";

export type Reduction = "Sum" | "Mean" | "L2Loss" | "ArgMax" | "All";

export type Source =
  | "Placeholder"
  | "Const"
  | "Fill"
  | "OneHot"
  | "DecodeRaw"
  | "StatelessRandomUniform"
  | "StatelessTruncatedNormal";

export type VariableOperation =
  | "VarHandleOp"
  | "ReadVariableOp"
  | "AssignVariableOp"
  | "DestroyResourceOp"
  | "AssignAddVariableOp"
  | "AssignSubVariableOp"
  | "ResourceApplyGradientDescent"
  | "ResourceApplyMomentum"
  | "ResourceApplyRMSProp"
  | "ResourceApplyAdam";

export type OperationName =
  | Arithmetic
  | ArrayOperation
  | BackwardOperation
  | Classifier
  | Control
  | Exchange
  | MapOperation
  | Normalization
  | Own
  | Reduction
  | Source
  | VariableOperation;
