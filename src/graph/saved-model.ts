// A graph as the bytes of saved_model.pb. Field numbers are those of TensorFlow's public .proto files.
import protobuf from "protobufjs";
import type { Attribute, DType, Graph, Node, Value } from "./node.ts";

const messages = protobuf.parse(
  `
  syntax = "proto3";
  message SavedModel { int64 saved_model_schema_version = 1; repeated MetaGraph meta_graphs = 2; }
  message MetaGraph { MetaInfo meta_info_def = 1; GraphDef graph_def = 2; }
  message MetaInfo { repeated string tags = 4; }
  message GraphDef { repeated NodeDef node = 1; Versions versions = 4; }
  message Versions { int32 producer = 1; }
  message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
  message AttrValue {
    oneof value { ListValue list = 1; bytes s = 2; int64 i = 3; float f = 4; bool b = 5; int32 type = 6; Shape shape = 7; Tensor tensor = 8; }
  }
  message ListValue { repeated int64 i = 3 [packed = true]; }
  message Shape { repeated Dim dim = 2; }
  message Dim { int64 size = 1; }
  message Tensor { int32 dtype = 1; Shape tensor_shape = 2; bytes tensor_content = 4; }
`,
  { keepCase: true },
).root;

/** Numbers of TensorFlow's DataType. */
const typeNumber: Readonly<Record<DType, number>> = {
  float32: 1,
  int32: 3,
  uint8: 4,
  string: 7,
  int64: 9,
  bool: 10,
  bfloat16: 14,
  resource: 20,
};

/** The producer version of the GraphDef: TensorFlow 2.9's, the oldest that runs these programs. */
const producer = 1087;

/** Bytes of a SavedModel that holds this graph and nothing else, tagged `serve`. */
export function savedModel(graph: Graph): Uint8Array {
  const SavedModel = messages.lookupType("SavedModel");
  return SavedModel.encode(
    SavedModel.create({
      saved_model_schema_version: 1,
      meta_graphs: [
        {
          meta_info_def: { tags: ["serve"] },
          graph_def: { node: graph.nodes.map(nodeDef), versions: { producer } },
        },
      ],
    }),
  ).finish();
}

const nodeDef = (node: Node): object => ({
  name: node.name,
  op: node.op,
  input: [...node.inputs.map(reference), ...node.after.map((before) => `^${before.name}`)],
  attr: Object.fromEntries(Object.entries(node.attributes).map(([name, attribute]) => [name, attrValue(attribute)])),
});

const reference = (value: Value): string =>
  value.output === 0 ? value.node.name : `${value.node.name}:${value.output}`;

const shapeOf = (dims: readonly number[]): object => ({ dim: dims.map((size) => ({ size })) });

function attrValue(attribute: Attribute): object {
  if ("type" in attribute) return { type: typeNumber[attribute.type] };
  if ("int" in attribute) return { i: attribute.int };
  if ("ints" in attribute) return { list: { i: attribute.ints } };
  if ("float" in attribute) return { f: attribute.float };
  if ("bool" in attribute) return { b: attribute.bool };
  if ("text" in attribute) return { s: Buffer.from(attribute.text) };
  if ("shape" in attribute) return { shape: shapeOf(attribute.shape) };
  const { dtype, shape, content } = attribute.tensor;
  return { tensor: { dtype: typeNumber[dtype], tensor_shape: shapeOf(shape), tensor_content: content } };
}
