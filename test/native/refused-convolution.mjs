// A convolution inside TensorFlow, with refusing.cc preloaded: prints what it gives or says in turn, one line each.
import koffi from "koffi";
import { Graph } from "../../dist/graph/graph.js";
import * as op from "../../dist/graph/operations.js";
import { ownConv2d } from "../../dist/graph/own-convolution.js";
import { savedModel } from "../../dist/graph/saved-model.js";
import { openSession } from "../../dist/runtime/session.js";

const refuse = koffi.load(process.env.LD_PRELOAD).func("void refuse(int threads, int bytes)");

const graph = new Graph();
const fed = op.placeholder(graph, "fed", "float32", []);
const x = op.multiply(graph, op.filled(graph, [4, 16, 16, 16], 1), fed);
const window = { kernel: [3, 3], stride: 1, padding: "valid" };
const y = ownConv2d(graph, x, op.filled(graph, [3, 3, 16, 16], 1), window, "fast");
const attributes = { ...y.node.attributes, threads: { int: 8 } };
const [shared] = graph.add({ ...y.node, attributes });
op.identity(graph, op.sum(graph, y, [0, 1, 2, 3]), "few");
op.identity(graph, op.sum(graph, shared, [0, 1, 2, 3]), "many");
const session = openSession(savedModel(graph));

/** The transform of the filter: 36 points, sixteen channels and filters, four bytes each. */
const transform = 36 * 16 * 16 * 4;

for (const [threads, bytes, entry] of [
  [0, 0, "few"],
  [0, transform, "few"],
  [1, 0, "many"],
  [0, 0, "many"],
]) {
  refuse(threads, bytes);
  try {
    const [{ data }] = session.run({ fed: { dtype: "float32", shape: [], value: Float32Array.of(1) } }, [entry]);
    console.log(data[0]);
  } catch (error) {
    console.log(error.message.split("\n")[0]);
  }
  refuse(0, 0);
}
