// A trained network as the bytes of an ONNX file: pixels or what the network sees of them in, logits and probabilities out.
import { foldBatchNorm } from "../graph/fold-batch-norm.ts";
import { latePools } from "../graph/late-pools.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { Layer } from "../network/layer.ts";
import type { Pixels } from "../network/preprocessing.ts";
import { packageVersion } from "../version.ts";
import { elementType, encodeModel, type OnnxValue } from "./messages.ts";
import { encodeMetadata, type OnnxMetadata } from "./metadata.ts";
import { addNetwork } from "./network.ts";
import { GraphWriter, int, ints } from "./writer.ts";

/** Names in the graph. */
export const inputName = "input";
export const outputNames = ["logits", "probabilities"] as const;

/**
 * The input is [batch, 3, size, size] float32, or with pixels inside [batch, size, size, 3] uint8; both outputs are [batch, classes]
 * float32. `network` and `weights` are as trained.
 */
export function onnxModel(network: Layer, weights: NamedTensors, metadata: OnnxMetadata): Uint8Array {
  const { preprocessing, pixels, storage, classes } = metadata;
  const { size } = preprocessing;
  const graph = new GraphWriter();
  const folding = foldBatchNorm(network);
  const images = pixels === "inside" ? addPixels(graph, preprocessing) : inputName;
  const last = addNetwork(
    graph,
    { network: latePools(folding.network), weights: folding.weights(weights), storage },
    { name: images, shape: { height: size, width: size, channels: 3 } },
  );
  graph.node("Identity", "logits", [last]);
  graph.node("Softmax", "probabilities", ["logits"], { axis: int(1) });
  const input: OnnxValue =
    pixels === "inside"
      ? { name: inputName, type: "uint8", shape: ["batch", size, size, 3] }
      : { name: inputName, type: "float32", shape: ["batch", 3, size, size] };
  return encodeModel({
    name: metadata.network.name,
    producerVersion: packageVersion(),
    input,
    outputs: outputNames.map((name) => ({ name, type: "float32", shape: ["batch", classes.length] })),
    nodes: graph.nodes,
    tensors: graph.tensors,
    metadata: encodeMetadata(metadata),
  });
}

/** From RGB bytes in NHWC to what the network sees, in NCHW; gives its name. */
function addPixels(graph: GraphWriter, { order, scale, mean, deviation }: Pixels): string {
  const ordered = order === "RGB" ? inputName : reversed(graph);
  const real = graph.node("Cast", "pixels/float32", [ordered], { to: int(elementType.float32) });
  const scaled = graph.node("Mul", "pixels/scaled", [real, graph.floats("pixels/scale", [], [scale])]);
  const centred = graph.node("Sub", "pixels/centred", [scaled, graph.floats("pixels/mean", [3], mean)]);
  const divided = deviation.every((one) => one === 1)
    ? centred
    : graph.node("Div", "pixels/divided", [centred, graph.floats("pixels/deviation", [3], deviation)]);
  return graph.node("Transpose", "pixels", [divided], { perm: ints([0, 3, 1, 2]) });
}

const reversed = (graph: GraphWriter): string =>
  graph.node("Gather", "pixels/ordered", [inputName, graph.tensor("int64", "pixels/order", [3], backwards)], {
    axis: int(3),
  });
const backwards = BigInt64Array.of(2n, 1n, 0n);
