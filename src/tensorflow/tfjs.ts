// A graph as a model of TensorFlow.js: model.json, and the numbers of its constants in files of 4 MiB.
import { attribute } from "../graph/attributes.ts";
import { graphDef, messageJson, type Signature, signatureDef } from "../graph/graph-def.ts";
import { type DType, elements, type Graph, type Node } from "../graph/node.ts";
import { savedModelOf } from "../graph/saved-model.ts";
import { packageVersion } from "../version.ts";

/** What browsers keep in their caches. */
const shardBytes = 2 ** 22;

type StoredType = {
  readonly dtype: "float32" | "int32";
  readonly quantization?: { readonly dtype: "float16" | "uint8" } & Readonly<Record<string, unknown>>;
};
type Weight = StoredType & { readonly name: string; readonly shape: readonly number[] };

/** Of which type its loader makes the numbers, float32 or int32, and how. */
const storedTypes: Partial<Record<DType, StoredType>> = {
  float32: { dtype: "float32" },
  int32: { dtype: "int32" },
  float16: { dtype: "float32", quantization: { dtype: "float16", original_dtype: "float32" } },
  uint8: { dtype: "int32", quantization: { dtype: "uint8", scale: 1, min: 0, original_dtype: "int32" } },
};
const widths = { float32: 4, int32: 4, float16: 2, uint8: 1 } as const;

interface Model {
  readonly modelTopology: { readonly node: readonly NodeJson[] };
  readonly signature: object;
  readonly weightsManifest: readonly { readonly paths: readonly string[]; readonly weights: readonly Weight[] }[];
}
type NodeJson = { readonly name: string; readonly attr: Readonly<Record<string, { readonly tensor?: object }>> };

export const modelFile = "model.json";

/** Files by their names. `metadata` is `model.metadata` there. */
export function tfjsModel(graph: Graph, signature: Signature, metadata: object): ReadonlyMap<string, Uint8Array> {
  const constants = graph.nodes.filter(isConstant);
  const bytes = Buffer.concat(constants.map((node) => numbersOf(node).content));
  const count = Math.ceil(bytes.length / shardBytes);
  const shards = Array.from({ length: count }, (_, i): [string, Uint8Array] => [
    `group1-shard${i + 1}of${count}.bin`,
    bytes.subarray(i * shardBytes, (i + 1) * shardBytes),
  ]);
  const model = {
    format: "graph-model",
    generatedBy: `inception ${packageVersion()}`,
    modelTopology: messageJson("GraphDef", graphDef({ nodes: graph.nodes.map(withoutNumbers) })),
    signature: messageJson("Signature", signatureDef(signature)),
    weightsManifest: [{ paths: shards.map(([name]) => name), weights: constants.map(weightOf) }],
    userDefinedMetadata: metadata,
  };
  return new Map([[modelFile, Buffer.from(JSON.stringify(model))], ...shards]);
}

const isConstant = ({ op }: Node): boolean => op === "Const";
const numbersOf = ({ attributes }: Node) => attribute(attributes, "value", "tensor");

function withoutNumbers(node: Node): Node {
  if (!isConstant(node)) return node;
  const value = { tensor: { ...numbersOf(node), content: new Uint8Array() } };
  return { ...node, attributes: { ...node.attributes, value } };
}

function weightOf(node: Node): Weight {
  const { dtype, shape } = numbersOf(node);
  const stored = storedTypes[dtype];
  if (stored === undefined) throw new Error(`${node.name}: TensorFlow.js has no constants of ${dtype}`);
  return { name: node.name, shape, ...stored };
}

/** The graph that such files hold, as TensorFlow loads it; `read` gives a file by its name. */
export function tfjsProgram(read: (name: string) => Uint8Array): Uint8Array {
  const model = JSON.parse(new TextDecoder().decode(read(modelFile))) as Model;
  const numbers = new Map<string, Uint8Array>();
  for (const { paths, weights } of model.weightsManifest) {
    const bytes = Buffer.concat(paths.map(read));
    let at = 0;
    for (const { name, shape, dtype, quantization } of weights) {
      const length = elements(shape) * widths[quantization?.dtype ?? dtype];
      numbers.set(name, bytes.subarray(at, at + length));
      at += length;
    }
    if (at !== bytes.length) throw new Error(`the weights take ${at} bytes, and ${bytes.length} are there`);
  }
  const withNumbers = (node: NodeJson): NodeJson => {
    const tensorContent = numbers.get(node.name);
    if (tensorContent === undefined) return node;
    return { ...node, attr: { ...node.attr, value: { tensor: { ...node.attr.value?.tensor, tensorContent } } } };
  };
  const { modelTopology, signature } = model;
  return savedModelOf({ ...modelTopology, node: modelTopology.node.map(withNumbers) }, signature);
}
