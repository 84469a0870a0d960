// ONNX files as values. Field numbers and types are those of onnx.proto (github.com/onnx/onnx).
import protobuf from "protobufjs";

const { root } = protobuf.parse(
  `
  syntax = "proto2";
  message Model {
    optional int64 ir_version = 1;
    optional string producer_name = 2;
    optional string producer_version = 3;
    optional string doc_string = 6;
    optional Graph graph = 7;
    repeated OperatorSet opset_import = 8;
    repeated Entry metadata_props = 14;
  }
  message Head { repeated Entry metadata_props = 14; }
  message OperatorSet { optional string domain = 1; optional int64 version = 2; }
  message Entry { optional string key = 1; optional string value = 2; }
  message Graph {
    repeated Node node = 1;
    optional string name = 2;
    repeated Tensor initializer = 5;
    repeated ValueInfo input = 11;
    repeated ValueInfo output = 12;
  }
  message Node {
    repeated string input = 1;
    repeated string output = 2;
    optional string name = 3;
    optional string op_type = 4;
    repeated Attribute attribute = 5;
  }
  message Attribute {
    optional string name = 1;
    optional float f = 2;
    optional int64 i = 3;
    repeated int64 ints = 8;
    optional int32 type = 20;
  }
  message Tensor {
    repeated int64 dims = 1;
    optional int32 data_type = 2;
    optional string name = 8;
    optional bytes raw_data = 9;
  }
  message ValueInfo { optional string name = 1; optional Type type = 2; }
  message Type { optional TensorType tensor_type = 1; }
  message TensorType { optional int32 elem_type = 1; optional Shape shape = 2; }
  message Shape { repeated Dimension dim = 1; }
  message Dimension { optional int64 dim_value = 1; optional string dim_param = 2; }
`,
  { keepCase: true },
);

/** Numbers of TensorProto.DataType. */
export const elementType = { float32: 1, uint8: 2, int64: 7, float16: 10 } as const;
export type ElementType = keyof typeof elementType;

/** An attribute is a whole number, several, or a float. */
export type OnnxAttribute =
  | { readonly int: number }
  | { readonly ints: readonly number[] }
  | { readonly float: number };

export interface OnnxNode {
  readonly operation: string;
  /** Of the node and of what it gives. */
  readonly name: string;
  /** Names of other nodes, of tensors or of the input. */
  readonly inputs: readonly string[];
  readonly attributes: Readonly<Record<string, OnnxAttribute>>;
}

export interface OnnxTensor {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly number[];
  /** Little-endian. */
  readonly bytes: Uint8Array;
}

/** A dimension is a length, or a name where it may be any. */
export interface OnnxValue {
  readonly name: string;
  readonly type: ElementType;
  readonly shape: readonly (number | string)[];
}

export interface OnnxModel {
  readonly name: string;
  readonly producerVersion: string;
  readonly input: OnnxValue;
  readonly outputs: readonly OnnxValue[];
  readonly nodes: readonly OnnxNode[];
  readonly tensors: readonly OnnxTensor[];
  readonly metadata: Readonly<Record<string, string>>;
}

/** That of 2020, and what files were numbered then, so that older runtimes read them, too. */
export const operatorSet = 13;
const fileVersion = 7;

/** The bytes of a .onnx file. */
export function encodeModel(model: OnnxModel): Uint8Array {
  const { name, producerVersion, input, outputs, nodes, tensors, metadata } = model;
  const Model = root.lookupType("Model");
  return Model.encode(
    Model.create({
      ir_version: fileVersion,
      producer_name: "inception",
      producer_version: producerVersion,
      opset_import: [{ domain: "", version: operatorSet }],
      graph: {
        name,
        node: nodes.map(nodeMessage),
        initializer: tensors.map((tensor) => ({
          name: tensor.name,
          dims: tensor.shape,
          data_type: elementType[tensor.type],
          raw_data: tensor.bytes,
        })),
        input: [valueMessage(input)],
        output: outputs.map(valueMessage),
      },
      metadata_props: Object.entries(metadata).map(([key, value]) => ({ key, value })),
    }),
  ).finish();
}

/** What a file says of itself, key by key; its graph is passed over. Throws where it is no protobuf message of this form. */
export function decodeMetadata(bytes: Uint8Array): Map<string, string> {
  const { metadata_props } = root.lookupType("Head").decode(bytes) as unknown as {
    metadata_props: { key: string; value: string }[];
  };
  return new Map(metadata_props.map(({ key, value }) => [key, value]));
}

const nodeMessage = ({ operation, name, inputs, attributes }: OnnxNode): object => ({
  name,
  op_type: operation,
  input: inputs,
  output: [name],
  attribute: Object.entries(attributes).map(([key, attribute]) => ({ name: key, ...attributeMessage(attribute) })),
});

/** With the numbers of AttributeProto.AttributeType. */
function attributeMessage(attribute: OnnxAttribute): object {
  if ("float" in attribute) return { f: attribute.float, type: 1 };
  return "int" in attribute ? { i: attribute.int, type: 2 } : { ints: attribute.ints, type: 7 };
}

const valueMessage = ({ name, type, shape }: OnnxValue): object => ({
  name,
  type: {
    tensor_type: {
      elem_type: elementType[type],
      shape: { dim: shape.map((side) => (typeof side === "string" ? { dim_param: side } : { dim_value: side })) },
    },
  },
});
