// Where the time of a training step or an inference goes, operation by operation: the program that the tool itself compiles, run by
// Python's TensorFlow (of the same version), which can trace it. Beside each the rate of its multiply-adds, and of the bytes that it
// reads and writes, against what this machine's best convolution and a copy of memory reach. Some minutes, on a quiet machine:
//   INCEPTION_PYTHON=python3 node test/slow/profile.mjs [--mode train|eval] [--network inception-v3] [--size 299] [--batch 32]
//     [--precision float32|bfloat16] [--steps 3]
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { convRate } from "../../dist/bench/conv-limit.js";
import { experimentSchema } from "../../dist/config/schema.js";
import { evaluationProgram } from "../../dist/graph/evaluation-program.js";
import { Graph } from "../../dist/graph/graph.js";
import { passes } from "../../dist/graph/kernels.js";
import { elements } from "../../dist/graph/shape.js";
import { trainingProgram } from "../../dist/graph/training-program.js";
import { buildNetwork } from "../../dist/network/catalog.js";
import { kernelsFor } from "../../dist/race/kernels-for.js";
import { findAddon } from "../../dist/runtime/binding.js";
import { choosePrecision } from "../../dist/runtime/features.js";
import { operationsFile } from "../../dist/runtime/setup/cache.js";
import { threads } from "../../dist/runtime/threads.js";
import { initialWeights } from "../../dist/train/initial.js";
import { multiplyAdds } from "./multiply-adds.mjs";

const text = { type: "string" };
const { values } = parseArgs({
  options: { mode: text, network: text, size: text, batch: text, precision: text, steps: text },
});
const { mode = "train", network: name = "inception-v3" } = values;
const [size, batch, steps] = [values.size ?? 299, values.batch ?? 32, values.steps ?? 3].map(Number);
const precision = choosePrecision(values.precision ?? "auto");

const nodes = [];
const { add } = Graph.prototype;
Graph.prototype.add = function (...given) {
  const outputs = add.apply(this, given);
  if (outputs.length > 0) nodes.push(outputs[0].node);
  return outputs;
};

const experiment = experimentSchema.parse({
  network: { name },
  data: { train: "synthetic", size },
  train: { batch },
});
const network = buildNetwork({ ...experiment.network, classes: 1000 }, size);
const input = { height: size, width: size, channels: 3 };
const isTraining = mode === "train";
const kernels = await kernelsFor({ network, input, batch, precision, passes: isTraining ? passes : ["inference"] });
const common = { size, batch, precision, kernels, threads: threads() };
const { train } = experiment;
const program = isTraining
  ? trainingProgram(network, {
      ...train,
      ...common,
      compile: false,
      microBatches: 1,
      average: train.averageDecay !== null,
    })
  : evaluationProgram(network, common);

const bytesOf = { float32: 4, int32: 4, uint8: 1, int64: 8, bool: 1, bfloat16: 2 };
const moved = (values) => values.reduce((sum, { dtype, shape }) => sum + elements(shape) * (bytesOf[dtype] ?? 0), 0);

/** What the table calls it. */
function groupOf({ op, inputs, attributes }) {
  const kernel = inputs[1]?.shape;
  const size = (shape) => shape.slice(0, 2).join("x");
  if (op === "InceptionConvolution")
    return `${attributes.fast.bool ? "fast" : "plain"} convolution${attributes.backward.bool ? ", input's gradient" : ""}`;
  if (op === "InceptionConvolutions")
    return `convolutions side by side${attributes.backward.bool ? ", input's gradient" : ""}`;
  if (op === "InceptionFilterGradients") return "filters' gradients, side by side";
  if (op === "InceptionFilterGradient") return `filter's gradient, ${attributes.fast.bool ? "fast" : "plain sums"}`;
  if (op === "Conv2D" || op === "Conv2DBackpropInput")
    return `TensorFlow's ${size(kernel) === "1x1" ? "1x1" : "other"} convolution${op === "Conv2D" ? "" : ", input's gradient"}`;
  return op;
}

const folder = mkdtempSync(join(tmpdir(), "inception-profile-"));
try {
  writeFileSync(join(folder, "saved_model.pb"), program.bytes);
  if (!isTraining)
    writeFileSync(join(folder, "weights"), program.weightBytes(await initialWeights(network, size, [1, 2])));
  const about = {
    ...{ mode, folder, size, batch, steps, threads: threads(), operations: operationsFile(findAddon()) },
    groups: Object.fromEntries(
      nodes.map((node) => {
        const bytes = moved(node.inputs) + moved(node.outputs);
        return [node.name, { group: groupOf(node), multiplyAdds: multiplyAdds(node), bytes }];
      }),
    ),
  };
  writeFileSync(join(folder, "about.json"), JSON.stringify(about));
  const rate = await convRate(precision);
  console.log(`${mode}, ${name}, ${size} px, batch ${batch}, ${precision}, ${threads()} threads`);
  console.log(`one good convolution: ${(rate / 1e9).toFixed(0)} * 10^9 multiply-adds/s`);
  const python = process.env.INCEPTION_PYTHON ?? "python3";
  const { status } = spawnSync(python, [join(import.meta.dirname, "profile.py"), folder], {
    stdio: "inherit",
    env: { ...process.env, TF_CPP_MIN_LOG_LEVEL: "3", TF_ENABLE_ONEDNN_OPTS: "1" },
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(folder, { recursive: true });
}
