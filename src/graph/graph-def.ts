// A graph as TensorFlow's messages. Field numbers are those of its public .proto files.
import protobuf from "protobufjs";
import type { Attribute, DType, Graph, Node, TensorType, Value } from "./node.ts";

const messages = protobuf.parse(
  `
  syntax = "proto3";
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraph meta_graphs = 2; }
  message MetaGraph { MetaInfo meta_info_def = 1; GraphDef graph_def = 2; map<string, Signature> signature_def = 5; }
  message MetaInfo { repeated string tags = 4; string tensorflow_version = 5; }
  message Signature { map<string, TensorInfo> inputs = 1; map<string, TensorInfo> outputs = 2; string method_name = 3; }
  message TensorInfo { string name = 1; DataType dtype = 2; Shape tensor_shape = 3; }
  message GraphDef { repeated NodeDef node = 1; Versions versions = 4; }
  message Versions { int32 producer = 1; }
  message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
  message AttrValue {
    oneof value { ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; DataType type = 6; Shape shape = 7; Tensor tensor = 8; }
  }
  message ListValue { repeated int64 i = 3 [packed = true]; }
  message Shape { repeated Dim dim = 2; }
  message Dim { int64 size = 1; }
  message Tensor { DataType dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; }
  enum DataType {
    DT_INVALID = 0; DT_FLOAT = 1; DT_INT32 = 3; DT_UINT8 = 4; DT_STRING = 7; DT_INT64 = 9; DT_BOOL = 10; DT_BFLOAT16 = 14;
    DT_HALF = 19; DT_RESOURCE = 20;
  }
`,
).root;

const typeName: Readonly<Record<DType, string>> = {
  float32: "DT_FLOAT",
  int32: "DT_INT32",
  uint8: "DT_UINT8",
  string: "DT_STRING",
  int64: "DT_INT64",
  bool: "DT_BOOL",
  bfloat16: "DT_BFLOAT16",
  float16: "DT_HALF",
  resource: "DT_RESOURCE",
};

/** The producer version of the GraphDef: TensorFlow 2.9's, the oldest that runs these programs. */
const producer = 1087;

export type MessageName = "SavedModel" | "GraphDef" | "Signature";

/** The bytes of a message. What it is made of may also be JSON, with numbers of 64 bits and bytes as text. */
export function messageBytes(name: MessageName, from: object): Uint8Array {
  const message = messages.lookupType(name);
  return message.encode(message.fromObject({ ...from })).finish();
}

/** A message as JSON, as protobuf's own mapping has it. */
export function messageJson(name: MessageName, from: object): object {
  const message = messages.lookupType(name);
  return message.toObject(message.fromObject({ ...from }), { enums: String, longs: String, bytes: String });
}

export const graphDef = ({ nodes }: Pick<Graph, "nodes">): object => ({
  node: nodes.map(nodeDef),
  versions: { producer },
});

/** What goes in and what comes out, by the names that other programs ask for. */
export interface Signature {
  readonly inputs: Readonly<Record<string, Value>>;
  readonly outputs: Readonly<Record<string, Value>>;
}

export const signatureDef = ({ inputs, outputs }: Signature): object => ({
  inputs: mapped(inputs, tensorInfo),
  outputs: mapped(outputs, tensorInfo),
  methodName: "tensorflow/serving/predict",
});

const tensorInfo = ({ node, output, ...type }: Value): object => ({ name: `${node.name}:${output}`, ...typed(type) });

const nodeDef = (node: Node): object => ({
  name: node.name,
  op: node.op,
  input: [...node.inputs.map(reference), ...node.after.map((before) => `^${before.name}`)],
  attr: mapped(node.attributes, attrValue),
});

const mapped = <T>(record: Readonly<Record<string, T>>, to: (value: T) => object): Record<string, object> =>
  Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));

const reference = (value: Value): string =>
  value.output === 0 ? value.node.name : `${value.node.name}:${value.output}`;

const shapeOf = (dims: readonly number[]): object => ({ dim: dims.map((size) => ({ size })) });

const typed = ({ dtype, shape }: TensorType): object => ({ dtype: typeName[dtype], tensorShape: shapeOf(shape) });

function attrValue(attribute: Attribute): object {
  if ("type" in attribute) return { type: typeName[attribute.type] };
  if ("int" in attribute) return { i: attribute.int };
  if ("ints" in attribute) return { list: { i: attribute.ints } };
  if ("float" in attribute) return { f: attribute.float };
  if ("bool" in attribute) return { b: attribute.bool };
  if ("text" in attribute) return { s: Buffer.from(attribute.text) };
  if ("shape" in attribute) return { shape: shapeOf(attribute.shape) };
  return { tensor: { ...typed(attribute.tensor), tensorContent: attribute.tensor.content } };
}
