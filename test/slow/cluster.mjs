// A training over 2 processes of this machine, with 1 and 3 decoders each, beside one process with the same micro-batches: 50 steps of the
// smallest Inception-v3, losses and everything that is saved. Then 4 processes, whose sums are in another order than one's: this network's
// gradients magnify last bits, so their difference may be twice that of two runs of one process that differ in last bits alone, by whose
// kernels they compute (test/train/together.test.ts holds four to 1e-5 on a calmer network). Then a process is killed, and another one
// stopped so that it hangs: the others must end within 30 seconds with 75, with every checkpoint readable, and the run goes on with another
// number of processes.
// Some minutes on two free cores, so it is run by hand after `npm run build`:
//   node test/slow/cluster.mjs [--steps 50] [--wire float32]
// Prints a line for each part; ends with 1 where one does not hold.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { listCheckpoints, readCheckpoint } from "../../dist/checkpoint/store.js";
import { makeShapes } from "../../dist/images/shapes/make.js";
import { readMetrics } from "../../dist/run/metrics.js";

const { values } = parseArgs({
  options: { steps: { type: "string", default: "50" }, wire: { type: "string", default: "float32" } },
});
const steps = Number(values.steps);
const limit = values.wire === "float32" ? 1e-5 : 5e-2;
const folder = mkdtempSync(join(tmpdir(), "inception-cluster-"));
const config = join(folder, "tiny.yaml");
const environment = { ...process.env, INCEPTION_THREADS: "1" };

async function freeAddress() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address();
  await new Promise((resolve) => server.close(resolve));
  return `127.0.0.1:${port}`;
}

function start(...args) {
  return startBy("own", ...args);
}

function startBy(kernels, ...args) {
  const env = { ...environment, INCEPTION_KERNELS: kernels };
  const child = spawn(process.execPath, ["bin/inception.js", "train", ...args], { env });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const ended = new Promise((resolve) => child.on("close", (code) => resolve({ code, text })));
  return { child, ended };
}

async function startTogether(count, ...args) {
  const addresses = [];
  while (addresses.length < count) addresses.push(await freeAddress());
  const options = ["--workers", addresses.join(), "--wire", values.wire];
  return addresses.map((_, task) => start(...args, ...options, "--task", `${task}`));
}

const failures = [];
function mustHold(holds, what) {
  if (!holds) failures.push(what);
}

async function finished(processes, what) {
  const ends = await Promise.all(processes.map(({ ended }) => ended));
  for (const { code, text } of ends) mustHold(code === 0, `${what}: ended with ${code}\n${text}`);
}

const runIn = (name) => join(folder, name, "tiny-1");
const newest = (run) => readCheckpoint(listCheckpoints(join(run, "checkpoints"))[0].path);
const losses = (run) =>
  readMetrics(join(run, "metrics.jsonl"))
    .lines.filter(({ kind }) => kind === "train")
    .map(({ loss }) => loss);

/** The furthest two losses and two numbers of what is saved. */
function difference(one, other) {
  const [a, b] = [newest(one), newest(other)];
  if (a.step !== b.step) return { loss: Number.NaN, state: Number.NaN };
  let state = 0;
  for (const part of ["weights", "average", "optimizer"])
    for (const [name, { data }] of a.files[part]) {
      const beside = b.files[part].get(name).data;
      for (let i = 0; i < data.length; i++) state = Math.max(state, Math.abs(data[i] - beside[i]));
    }
  const [first, second] = [losses(one), losses(other)];
  return { loss: Math.max(...first.map((loss, i) => Math.abs(loss - second[i]))), state };
}

/** A run of one process with the micro-batches of so many. */
async function alone(kernels, count) {
  const name = `${kernels}-${count}`;
  await finished([startBy(kernels, config, "--set", `train.microBatch=${16 / count}`, "-o", join(folder, name))], name);
}

/** A run of so many processes beside that of one: nowhere further apart than `most`. */
async function beside(count, decoders, most) {
  const name = `of-${count}-${decoders}`;
  await finished(
    await startTogether(count, config, "--set", `data.decoders=${decoders}`, "-o", join(folder, name)),
    name,
  );
  const found = difference(runIn(`own-${count}`), runIn(name));
  mustHold(found.loss < most.loss && found.state < most.state, `${name}: ${inWords(found)}`);
  console.log(`cluster: processes=${count} decoders=${decoders} steps=${steps} ${inWords(found)}`);
}

const inWords = ({ loss, state }) => `loss=${loss.toExponential(1)} state=${state.toExponential(1)}`;

/** A process of two is stopped by a signal once there is a checkpoint; how the other one ends. */
async function lose(signal, victim) {
  const name = `${signal}-${victim}`;
  const sets = [
    "--set",
    "train.steps=100000",
    "--set",
    "checkpoint.everySteps=5",
    "--set",
    "evaluate.everyEpochs=9999",
  ];
  const processes = await startTogether(2, config, ...sets, "-o", join(folder, name));
  const saved = () => {
    try {
      return listCheckpoints(join(runIn(name), "checkpoints")).length > 0;
    } catch {
      return false;
    }
  };
  while (!saved()) await sleep(100);
  await sleep(1000);
  const began = performance.now();
  processes[victim].child.kill(signal);
  const { code, text } = await processes[1 - victim].ended;
  const seconds = (performance.now() - began) / 1000;
  processes[victim].child.kill("SIGKILL");
  await processes[victim].ended;
  mustHold(code === 75 && seconds < 30, `${name}: ended with ${code} after ${seconds} s\n${text}`);
  const all = listCheckpoints(join(runIn(name), "checkpoints"));
  for (const { path } of all) readCheckpoint(path);
  console.log(
    `cluster: ${signal} of process ${victim}, the other ends with ${code} after ${seconds.toFixed(1)} s, ${all.length} checkpoints read`,
  );
  return { run: runIn(name), step: all[0].step };
}

try {
  await makeShapes(join(folder, "shapes"), { perClass: 8, size: 48, seed: 1 });
  writeFileSync(
    config,
    `
name: tiny
network: { name: inception-v3, width: 0.01, stemStride: 1, stemPool: false }
data: { train: ${join(folder, "shapes")}, validation: { holdOut: 0.2 }, size: 29 }
train: { steps: ${steps}, batch: 16, precision: float32, averageDecay: 0.9, batchNormDecay: 0.9 }
evaluate: { batch: 16, everyEpochs: 2 }
log: { everySteps: 1 }
`,
  );
  await alone("own", 2);
  for (const decoders of [1, 3]) await beside(2, decoders, { loss: limit, state: limit });
  await alone("own", 4);
  await alone("tensorflow", 4);
  const lastBits = difference(runIn("own-4"), runIn("tensorflow-4"));
  console.log(`cluster: one process, other kernels steps=${steps} ${inWords(lastBits)}`);
  await beside(4, 1, { loss: Math.max(limit, 2 * lastBits.loss), state: Math.max(limit, 2 * lastBits.state) });
  const { run, step } = await lose("SIGKILL", 1);
  await lose("SIGKILL", 0);
  await lose("SIGSTOP", 1);
  await lose("SIGSTOP", 0);
  const longer = [
    "--set",
    `train.steps=${step + 5}`,
    "--set",
    "train.microBatch=4",
    "--allow-drift",
    "train.microBatch",
  ];
  await finished(await startTogether(4, "--resume", run, ...longer), "resumed by 4");
  const four = newest(run).step;
  await finished([start("--resume", run, "--set", `train.steps=${step + 10}`)], "resumed by 1");
  const sittings = JSON.parse(readFileSync(join(run, "run.json"), "utf8"));
  const recorded = [sittings, ...sittings.resumes].map(({ arithmetic }) => arithmetic.processes ?? 1);
  mustHold(four === step + 5 && newest(run).step === step + 10, "steps after the resumes");
  mustHold(recorded.join() === "2,4,1", `recorded ${recorded}`);
  console.log(
    `cluster: resumed at step ${step} by 4 processes to ${four}, by 1 to ${newest(run).step}; recorded ${recorded}`,
  );
} finally {
  if (failures.length === 0) rmSync(folder, { recursive: true, force: true });
  else console.error(`${failures.join("\n")}\n${folder}: ${readdirSync(folder)}`);
  process.exitCode = failures.length === 0 ? 0 : 1;
}
