// What a training step with a frozen trunk costs beside inference: time, in turns in one process, and peak memory, a process each.
// A few minutes on two cores, so it is run by hand after `npm run build`:
//   node test/slow/frozen-step.mjs [--network inception-v3] [--size 299] [--batch 16] [--times 10] [--freeze trunk]
// Prints one line of JSON; with --freeze trunk it ends with 1 if time or memory is above 1.15 times inference's.
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { experimentSchema } from "../../dist/config/schema.js";
import { startEvaluator } from "../../dist/evaluate/evaluator.js";
import { selected } from "../../dist/interpret/selection.js";
import { buildNetwork } from "../../dist/network/catalog.js";
import { choosePrecision } from "../../dist/runtime/features.js";
import { initialWeights } from "../../dist/train/initial.js";
import { startTrainer } from "../../dist/train/trunk.js";

const { values } = parseArgs({
  options: {
    network: { type: "string", default: "inception-v3" },
    size: { type: "string", default: "299" },
    batch: { type: "string", default: "16" },
    times: { type: "string", default: "10" },
    freeze: { type: "string", default: "trunk" },
    only: { type: "string" },
  },
});
const [size, batch, times] = ["size", "batch", "times"].map((name) => Number(values[name]));
const most = 1.15;
const experiment = experimentSchema.parse({
  network: { name: values.network },
  data: { train: "none", size },
  train: { batch },
});
const network = buildNetwork({ ...experiment.network, classes: 10 }, size);
const precision = choosePrecision("auto");
const images = new Uint8Array(new SharedArrayBuffer(batch * size * size * 3)).map((_, i) => (i * 7919) % 251);
const weights = await initialWeights(network, size, [1, 2]);

const subjects = {
  async inference() {
    const evaluator = await startEvaluator(network, { size, batch, precision });
    await evaluator.load(weights);
    return { once: () => evaluator.logits(images), close: () => evaluator.close() };
  },
  async step() {
    const frozen = selected(network, values.freeze);
    const trainer = await startTrainer(network, { ...experiment, precision, frozen });
    await trainer.begin({ from: "weights", weights });
    const labels = Int32Array.from({ length: batch }, (_, i) => i % 10);
    const rates = { learningRate: 0.001, averageRate: 0.1, statisticsRate: 0.1, update: 1 };
    return { once: () => trainer.step([{ images, labels, seed: [3, 4] }], rates), close: () => trainer.close() };
  },
};

if (values.only !== undefined) {
  const { once, close } = await subjects[values.only]();
  for (let i = 0; i < 4; i++) await once();
  await close();
  console.log(process.resourceUsage().maxRSS / 1024);
} else {
  const seconds = await inTurns();
  const memory = Object.fromEntries(Object.keys(subjects).map((name) => [name, peakOf(name)]));
  const ratio = ({ inference, step }) => Number((step / inference).toFixed(3));
  const result = { network: values.network, size, batch, precision, freeze: values.freeze, seconds, mebibytes: memory };
  console.log(JSON.stringify({ ...result, time: ratio(seconds), memory: ratio(memory) }));
  if (values.freeze === "trunk") process.exitCode = Math.max(ratio(seconds), ratio(memory)) <= most ? 0 : 1;
}

/** Medians of as many runs of each, one after the other. */
async function inTurns() {
  const opened = Object.entries(subjects).map(async ([name, open]) => [name, await open()]);
  const all = await Promise.all(opened);
  const taken = new Map(all.map(([name]) => [name, []]));
  for (const [, { once }] of all) await once();
  for (let i = 0; i < times; i++)
    for (const [name, { once }] of all) {
      const start = performance.now();
      await once();
      taken.get(name).push((performance.now() - start) / 1000);
    }
  for (const [, { close }] of all) await close();
  return Object.fromEntries([...taken].map(([name, list]) => [name, Number(median(list).toFixed(4))]));
}

function median(list) {
  return list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
}

function peakOf(name) {
  const { stdout } = spawnSync(process.execPath, [
    fileURLToPath(import.meta.url),
    ...process.argv.slice(2),
    "--only",
    name,
  ]);
  return Math.round(Number(stdout.toString()));
}
