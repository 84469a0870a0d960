// A training step and an evaluation on the GPU against the processor's, in float32, from the same weights and pictures: the losses,
// the norm of the gradient, the weights after it and the logits, each relative. Beside them the project's own kernels on the processor:
// two computations of float32 lie that far apart, and at random weights a deep network's gradient lies further than its loss. On the GPU
// once as it is and once with the step compiled. Three minutes, on a machine with a GPU and its engine (without one, `--yardstick`
// measures the processor's two alone):
//   node test/slow/gpu.mjs [--network inception-v3] [--size 299] [--batch 8] [--steps 1] [--yardstick]
// Its speed against PyTorch's: npm run bench -- --device cuda --batch 64
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { madeUp } from "../../dist/bench/pictures.js";
import { experimentSchema } from "../../dist/config/schema.js";
import { startEvaluator } from "../../dist/evaluate/evaluator.js";
import { buildNetwork } from "../../dist/network/catalog.js";
import { device } from "../../dist/runtime/device.js";
import { startTrainer } from "../../dist/train/trunk.js";

const text = { type: "string" };
const { values } = parseArgs({
  options: {
    ...{ network: text, size: text, batch: text, steps: text, into: text },
    ...{ yardstick: { type: "boolean" }, compile: { type: "boolean" } },
  },
});
const { network: name = "inception-v3", into, compile = false } = values;
const [size, batch, steps] = [values.size ?? 299, values.batch ?? 8, values.steps ?? 1].map(Number);
const limit = 1e-3;
const processors = [
  { name: "tensorflow", device: "cpu", kernels: "tensorflow" },
  { name: "own kernels", device: "cpu", kernels: "own" },
];
const gpus = [
  { name: "GPU", device: "cuda", kernels: "auto" },
  { name: "GPU, compiled", device: "cuda", kernels: "auto", args: ["--compile"] },
];

if (into === undefined) compare();
else writeFileSync(into, JSON.stringify(await computed()));

/** What this process's device computes. */
async function computed() {
  const experiment = experimentSchema.parse({
    network: { name },
    data: { train: "synthetic", size },
    train: { batch },
  });
  const network = buildNetwork({ ...experiment.network, classes: 1000 }, size);
  const pictures = await madeUp({ size, batch }).next();
  const trainer = await startTrainer(network, { ...experiment, precision: "float32", compile });
  await trainer.begin({ from: "seed", seed: [1, 2] });
  const before = (await trainer.save()).weights;
  const figures = [];
  const rates = { learningRate: 0.001, averageRate: 0.01, statisticsRate: 0.01 };
  for (let update = 1; update <= steps; update++)
    figures.push(await trainer.step([{ ...pictures, seed: [3, update] }], { ...rates, update }));
  const after = (await trainer.save()).weights;
  await trainer.close();
  const evaluator = await startEvaluator(network, { size, batch, precision: "float32" });
  await evaluator.load(before, "the network");
  const logits = await evaluator.logits(pictures.images);
  await evaluator.close();
  const weights = [...after.values()].flatMap(({ data }) => sample(data));
  return { device: device(), figures, weights, logits: logits.flatMap((row) => [...row]) };
}

function sample(data) {
  return Array.from(data).filter((_, index) => index % 101 === 0);
}

function compare() {
  const folder = mkdtempSync(join(tmpdir(), "inception-gpu-"));
  try {
    console.log(`${name}, ${size} px, batch ${batch}, steps ${steps}`);
    const [tensorflow, own] = processors.map((side) => inProcess(side, folder));
    const yardstick = differences(tensorflow, own);
    console.log(`own kernels ${inWords(yardstick)}`);
    for (const side of values.yardstick ? [] : gpus) {
      const found = differences(tensorflow, inProcess(side, folder));
      const within = Object.entries(found).every(([key, value]) => value <= Math.max(limit, 2 * yardstick[key]));
      console.log(`${side.name} ${inWords(found)} within=${within}`);
      if (!within) process.exitCode = 1;
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function inProcess({ name, device, kernels, args: more = [] }, folder) {
  const file = join(folder, name);
  const args = [fileURLToPath(import.meta.url), ...process.argv.slice(2), ...more, "--into", file];
  const env = { ...process.env, INCEPTION_DEVICE: device, INCEPTION_KERNELS: kernels };
  const { status } = spawnSync(process.execPath, args, { stdio: "inherit", env });
  if (status !== 0) throw new Error(`${device} ended with ${status}`);
  return JSON.parse(readFileSync(file, "utf8"));
}

function differences(a, b) {
  const of = (key) => largest(...[a, b].map(({ figures }) => figures.map((figure) => figure[key])));
  return {
    loss: of("loss"),
    gradientNorm: of("gradientNorm"),
    weights: apart(a.weights, b.weights),
    logits: apart(a.logits, b.logits),
  };
}

function inWords(found) {
  return Object.entries(found)
    .map(([key, value]) => `${key}=${value.toExponential(1)}`)
    .join(" ");
}

/** The largest relative difference of two lists of figures. */
function largest(a, b) {
  return Math.max(...a.map((value, index) => Math.abs(value - b[index]) / Math.abs(value)));
}

/** The length of the difference of two vectors, relative to the first. */
function apart(a, b) {
  const length = (vector) => Math.sqrt(vector.reduce((sum, value) => sum + value * value, 0));
  return length(a.map((value, index) => value - b[index])) / length(a);
}
