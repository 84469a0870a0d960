// What would keep a training step from using many cores: its operations, in the order in which they need one another, on machines with so
// many cores, by reckoning alone. Each operation takes its multiply-adds or bytes at the rates that profile.mjs measured (float32, a quiet
// machine with AVX-512), and is done by as many cores as it has pieces. Cores are taken to keep the rate that one of two has, memory
// included; TensorFlow's operations are taken to divide as finely as it pays, but those named below. Some seconds:
//   node test/slow/schedule.mjs [--network inception-v3] [--size 299] [--batch 32] [--cores 1,2,8,16,64] [--between 30] [--pieces 0]
// `between`: microseconds from an operation's end to the start of what waited for it, by default what profile.mjs found between operations
// that ran one after the other. `pieces`: at the most of a gradient of filters.
import { parseArgs } from "node:util";
import { experimentSchema } from "../../dist/config/schema.js";
import { Graph } from "../../dist/graph/graph.js";
import { passes } from "../../dist/graph/kernels.js";
import { elements } from "../../dist/graph/shape.js";
import { trainingProgram } from "../../dist/graph/training-program.js";
import { buildNetwork } from "../../dist/network/catalog.js";
import { kernelsFor } from "../../dist/race/kernels-for.js";
import { multiplyAdds } from "./multiply-adds.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: { network: text, size: text, batch: text, cores: text, between: text, pieces: text },
});
const { network: name = "inception-v3" } = values;
const [size, batch] = [values.size ?? 299, values.batch ?? 32].map(Number);
const between = Number(values.between ?? 30) / 1e6;
const mostPieces = Number(values.pieces ?? 0) || Number.POSITIVE_INFINITY;

const all = [];
const { add } = Graph.prototype;
Graph.prototype.add = function (...given) {
  const outputs = add.apply(this, given);
  all.push(this.nodes.at(-1));
  return outputs;
};
const experiment = experimentSchema.parse({ network: { name }, data: { train: "synthetic", size }, train: { batch } });
const network = buildNetwork({ ...experiment.network, classes: 1000 }, size);
const input = { height: size, width: size, channels: 3 };
const kernels = await kernelsFor({ network, input, batch, precision: "float32", passes });
const { train } = experiment;
const program = { size, batch, precision: "float32", kernels, threads: 1, microBatches: 1 };
trainingProgram(network, { ...train, ...program, average: train.averageDecay !== null });

/** 10^9 multiply-adds a second of one core, half of what two reached, and bytes a second of all else. */
const rates = {
  InceptionConvolution: 135,
  fastFilterGradient: 103,
  InceptionConvolutions: 46,
  InceptionFilterGradient: 41,
  InceptionFilterGradients: 41,
  Conv2D: 46,
  Conv2DBackpropInput: 45,
  Conv2DBackpropFilter: 41,
};
const bytesPerSecond = 14e9;
const bytesOf = { float32: 4, int32: 4, uint8: 1, int64: 8, bool: 1 };
const moved = (tensors) => tensors.reduce((sum, { dtype, shape }) => sum + elements(shape) * (bytesOf[dtype] ?? 0), 0);
/** No work of their own: a name, a constant, another shape of the same numbers. */
const free = /^(Const|Placeholder|VarHandleOp|ReadVariableOp|Reshape|Identity|NoOp|Shape|Switch|Merge|ExpandDims)$/;

function bytes(node) {
  if (free.test(node.op)) return 0;
  const passesOver = { InceptionBatchNorm: 1.5, InceptionBatchNormGradient: 1.6 }[node.op] ?? 1;
  return passesOver * (moved(node.inputs) + moved(node.outputs));
}

function seconds(node) {
  const rate = rates[node.attributes.fast?.bool ? "fastFilterGradient" : node.op];
  return rate ? multiplyAdds(node) / rate / 1e9 : bytes(node) / bytesPerSecond;
}

/** How many cores can work on it. */
function width(node) {
  const whole = seconds(node);
  const pays = Math.max(1, whole / 20e-6);
  switch (node.op) {
    case "DecodeRaw":
      return 1;
    case "MaxPool":
    case "MaxPoolGrad":
    case "AvgPool":
    case "AvgPoolGrad":
      return batch;
    case "InceptionBatchNorm":
    case "InceptionBatchNormGradient":
      return Math.ceil(elements(node.outputs[0].shape) / 65536);
    case "InceptionFilterGradient":
      return Math.min(pays, mostPieces);
    default:
      return pays;
  }
}

const end = all.find(({ name: called }) => called === "train");
const needed = new Set();
for (const open = [end]; open.length > 0; ) {
  const node = open.pop();
  if (needed.has(node)) continue;
  needed.add(node);
  open.push(...node.inputs.map((value) => value.node), ...node.after);
}
const nodes = all.filter((node) => needed.has(node));
const before = new Map(
  nodes.map((node) => [node, new Set([...node.inputs.map((value) => value.node), ...node.after])]),
);
const cost = new Map(nodes.map((node) => [node, { seconds: seconds(node), width: width(node) }]));

/** Seconds of a step where the operations that can run take cores in the order of the graph, each as many as it can use. */
function stepOn(cores) {
  const waits = new Map([...before].map(([node, found]) => [node, found.size]));
  const next = new Map(nodes.map((node) => [node, []]));
  for (const [node, found] of before) for (const other of found) next.get(other).push(node);
  const running = new Map(
    nodes.filter((node) => waits.get(node) === 0).map((node) => [node, { ...left(node), from: 0 }]),
  );
  let now = 0;
  while (running.size > 0) {
    let free = cores;
    let soonest = Number.POSITIVE_INFINITY;
    for (const work of running.values()) {
      work.cores = work.from > now ? 0 : Math.min(free, work.width);
      free -= work.cores;
      const ends =
        work.from > now ? work.from - now : work.cores > 0 ? work.left / work.cores : Number.POSITIVE_INFINITY;
      soonest = Math.min(soonest, work.left === 0 && work.from <= now ? 0 : ends);
    }
    now += soonest;
    for (const [node, work] of [...running]) {
      if (work.cores > 0) work.left = Math.max(0, work.left - work.cores * soonest);
      if (work.left > 1e-12 || work.from > now) continue;
      running.delete(node);
      for (const other of next.get(node)) {
        waits.set(other, waits.get(other) - 1);
        if (waits.get(other) === 0)
          running.set(other, { ...left(other), from: cost.get(node).seconds > 0 ? now + between : now });
      }
    }
  }
  return now;
}
const left = (node) => ({ left: cost.get(node).seconds, width: cost.get(node).width, cores: 0 });

const sum = (of) => nodes.reduce((total, node) => total + of(node), 0);
const work = sum((node) => cost.get(node).seconds);
const gigabytes = sum(bytes) / 1e9;
console.log(
  `${name}, ${size} px, batch ${batch}, float32: ${nodes.length} operations, ${work.toFixed(2)} s of one core`,
);
for (const cores of (values.cores ?? "1,2,8,16,64").split(",").map(Number)) {
  const took = stepOn(cores);
  console.log(
    `${cores} cores: ${(1000 * took).toFixed(0)} ms, ${(batch / took).toFixed(1)} images/s, ${((100 * work) / took / cores).toFixed(0)}% of each core, ${(gigabytes / took).toFixed(0)} GB/s of memory`,
  );
}
const few = new Map();
for (const [node, { seconds: taken, width: most }] of cost) {
  if (taken === 0 || most >= 64) continue;
  const found = few.get(node.op) ?? { count: 0, taken: 0, alone: 0 };
  few.set(node.op, { count: found.count + 1, taken: found.taken + taken, alone: found.alone + taken / most });
}
console.log("operations that fewer than 64 cores can share: how many, ms of one core, ms on as many as they can use");
for (const [op, { count, taken, alone }] of [...few].sort(([, a], [, b]) => b.alone - a.alone).slice(0, 10))
  console.log(
    `${op.padEnd(28)}${`${count}`.padStart(5)}${(1000 * taken).toFixed(1).padStart(9)}${(1000 * alone).toFixed(2).padStart(9)}`,
  );
