// A training stopped by SIGINT, SIGTERM and SIGHUP at random moments, start-up among them, and gone on with until it is done; then another
// one, until so many signals were sent. After each signal: what the command says of itself is so, and every checkpoint can be read. In the
// end: the weights, averages, optimizer and figures of each are those of a training that was left alone, bit for bit.
// With --kill they are all SIGKILL: nothing is said, and no step that was saved may be missing afterwards.
// 10 to 20 minutes on two free cores, so it is run by hand after `npm run build`:
//   node test/slow/signals.mjs [--signals 200] [--seed 1] [--kill]
// Ctrl-C lets the training in work end alone and leaves it at the signals sent until then.
// Prints a line; ends with 1 where a checkpoint was unreadable, a signal not answered truly, or a training another one.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { constants, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { checkpointName, listCheckpoints, readCheckpoint } from "../../dist/checkpoint/store.js";
import { random } from "../../dist/images/random.js";
import { makeShapes } from "../../dist/images/shapes/make.js";
import { readMetrics } from "../../dist/run/metrics.js";

const { values } = parseArgs({
  options: {
    signals: { type: "string", default: "200" },
    seed: { type: "string", default: "1" },
    kill: { type: "boolean", default: false },
  },
});
let signals = Number(values.signals);
const names = values.kill ? ["SIGKILL"] : ["SIGINT", "SIGTERM", "SIGHUP"];
const draw = random(Number(values.seed), "order", 0, 0);
const folder = mkdtempSync(join(tmpdir(), "inception-signals-"));
const steps = 60;
const config = join(folder, "tiny.yaml");
const experiment = `
name: tiny
network: { name: bn-inception, width: 0.05, stemStride: 1 }
data: { train: ${join(folder, "shapes")}, validation: { holdOut: 0.4 }, size: 32 }
train: { steps: ${steps}, batch: 8, learningRate: 0.01, averageDecay: 0.9, batchNormDecay: 0.9 }
checkpoint: { everySteps: 5 }
evaluate: { batch: 1 }
log: { everySteps: 1 }
`;

function start(...args) {
  const child = spawn(process.execPath, ["bin/inception.js", "train", ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    // Out of reach of a terminal's Ctrl-C.
    detached: true,
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const began = performance.now();
  const ended = new Promise((resolve) =>
    child.on("close", (code, signal) => resolve({ code, signal, text, seconds: (performance.now() - began) / 1000 })),
  );
  return { child, ended };
}

const digest = (run) => {
  const hash = createHash("sha256");
  for (const name of ["weights", "average", "optimizer"])
    hash.update(readFileSync(join(run, "checkpoints", checkpointName(steps), `${name}.safetensors`)));
  const figures = readMetrics(join(run, "metrics.jsonl")).lines.map(({ seconds, waited, ...rest }) => rest);
  return hash.update(JSON.stringify(figures)).digest("hex");
};
const newest = (run) => listCheckpoints(join(run, "checkpoints"))[0]?.step ?? 0;
const attempts = (run) => {
  const info = join(run, "run.json");
  if (!existsSync(info)) return { count: 0 };
  const { exit, resumes } = JSON.parse(readFileSync(info, "utf8"));
  return { count: 1 + resumes.length, exit: resumes.length > 0 ? resumes.at(-1).exit : exit };
};
const broken = (run) =>
  listCheckpoints(join(run, "checkpoints")).filter(({ path }) => {
    try {
      readCheckpoint(path);
      return false;
    } catch (error) {
      console.error(`${path}: ${error.message}`);
      return true;
    }
  }).length;

/** How a sitting says that it ended: "saved" or "finished"; "at once" where nothing had begun. Undefined where that is not so. */
function answer(run, before, sent, { code, signal, text }) {
  const now = { ...attempts(run), step: newest(run) };
  if (sent === "SIGKILL") return now.step >= before.step ? "killed" : undefined;
  if (code === 75) {
    const said = Number(/stopped and saved at step (\d+)/.exec(text)?.[1] ?? 0);
    const isSo = now.exit === 75 && said === now.step && now.step >= before.step && !/finished after/.test(text);
    return isSo && (said > 0 || /stopped before its first step/.test(text)) ? "saved" : undefined;
  }
  const isSignal = signal === sent || code === 128 + constants.signals[sent];
  if (now.exit === 0 && now.count > before.count) return code === 0 || isSignal ? "finished" : undefined;
  return isSignal && now.count === before.count && now.step === before.step ? "at once" : undefined;
}

try {
  await makeShapes(join(folder, "shapes"), { perClass: 8, size: 48, seed: 1 });
  writeFileSync(config, experiment);
  const alone = await start(config, "-o", join(folder, "alone")).ended;
  if (alone.code !== 0) throw new Error(alone.text);
  const expected = digest(join(folder, "alone", "tiny-1"));
  const count = {
    sent: 0,
    killed: 0,
    saved: 0,
    finished: 0,
    "at once": 0,
    untrue: 0,
    unreadable: 0,
    trainings: 0,
    other: 0,
  };
  process.once("SIGINT", () => {
    signals = count.sent;
  });
  let slowest = 0;
  let seconds = alone.seconds;
  while (count.sent < signals || count.trainings === 0) {
    const output = join(folder, `training-${count.trainings}`);
    const run = join(output, "tiny-1");
    while (attempts(run).exit !== 0) {
      // What is killed before its first checkpoint cannot be gone on from.
      if (values.kill && newest(run) === 0) rmSync(output, { recursive: true, force: true });
      const before = { ...attempts(run), step: newest(run) };
      const { child, ended } = before.count === 0 ? start(config, "-o", output) : start("--resume", run);
      const after =
        count.sent < signals ? draw.uniform(0, seconds * (1 - before.step / steps / 2)) : Number.POSITIVE_INFINITY;
      const early = await Promise.race([ended, ...(Number.isFinite(after) ? [sleep(1000 * after)] : [])]);
      const sent = names[draw.int(names.length)];
      const told = performance.now();
      const isSent = early === undefined && child.kill(sent);
      const end = await ended;
      // The first one may have met a machine with other work: signals must not come when all is over.
      if (!isSent && before.count === 0) seconds = Math.min(seconds, end.seconds);
      const how = isSent ? answer(run, before, sent, end) : end.code === 0 ? "unasked" : undefined;
      if (isSent) {
        count.sent += 1;
        slowest = Math.max(slowest, (performance.now() - told) / 1000);
        count[how ?? "untrue"] += 1;
        count.unreadable += broken(run);
      }
      if (how === undefined) {
        console.error(`step ${before.step}, ${isSent ? `${sent} after ${after.toFixed(2)} s` : "no signal"}:`, end);
        if (!isSent) throw new Error("a training ended that nobody had asked to");
      }
    }
    count.trainings += 1;
    if (digest(run) !== expected) count.other += 1;
  }
  const common = `unreadable=${count.unreadable} equal=${count.other === 0} trainings=${count.trainings}`;
  console.log(
    values.kill
      ? `R01 kills=${count.sent} back=${count.untrue} ${common}`
      : `R12 signals=${count.sent} untrue=${count.untrue} ${common} saved=${count.saved} ` +
          `nothing-begun=${count["at once"]} finished=${count.finished} slowest=${slowest.toFixed(1)}s`,
  );
  process.exitCode = count.unreadable + count.untrue + count.other > 0 ? 1 : 0;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
