// How the cores are used, on Linux, after `npm run build`, on a quiet machine (processor seconds hold on a busy one, too):
//   node test/slow/threads.mjs [--only cores,feeds,jobs] [--turns 3] [--network inception-v3] [--size 299] [--batch 8] [--steps 3]
// cores: a training step held to one core and to two (taskset), in turns. feeds: what of a step is done by one thread whatever their number:
// the way of a batch into TensorFlow, and the main thread for each picture that it has decoded. jobs: an ablation of four short cells, one
// after the other and two at a time; and two at a time by the commands of --executor print, free and each held to a core of its own.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const text = { type: "string" };
const { values } = parseArgs({
  options: { only: text, turns: text, network: text, size: text, batch: text, steps: text, child: text },
});
const { network = "inception-v3", only = "cores,feeds,jobs" } = values;
const [size, batch, steps, turns] = [values.size ?? 299, values.batch ?? 8, values.steps ?? 3, values.turns ?? 3].map(
  Number,
);

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const processorSeconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
/** Of the main thread alone. */
const mainSeconds = () => Number(readFileSync(`/proc/self/task/${process.pid}/schedstat`, "utf8").split(" ")[0]) / 1e9;

/** What `work` takes, in seconds of a clock, of all threads' processor time, and of the main thread's. */
async function measured(work) {
  const [wall, all, main] = [performance.now(), processorSeconds(), mainSeconds()];
  await work();
  return { wall: (performance.now() - wall) / 1000, all: processorSeconds() - all, main: mainSeconds() - main };
}

const children = {
  async step() {
    const { openSubject } = await import("../../dist/bench/subject.js");
    const subject = await openSubject("train", { network, size, batch, precision: "auto" });
    await subject.step();
    const each = [];
    for (let step = 0; step < steps; step++) each.push(await measured(subject.step));
    await subject.close();
    const { precision } = subject;
    return { precision, wall: median(each.map(({ wall }) => wall)), all: median(each.map(({ all }) => all)) };
  },

  async feed() {
    const { Graph } = await import("../../dist/graph/graph.js");
    const op = await import("../../dist/graph/operations.js");
    const { savedModel } = await import("../../dist/graph/saved-model.js");
    const { startEngine } = await import("../../dist/runtime/engine.js");
    const { madeUpImages } = await import("../../dist/bench/pictures.js");
    const graph = new Graph();
    const images = op.decodeRaw(graph, op.placeholder(graph, "images", "string", []), "uint8", [batch, size, size, 3]);
    op.identity(graph, op.scalar(graph, 1), "fed", [images.node]);
    const engine = await startEngine(savedModel(graph));
    const feeds = { images: { dtype: "string", value: madeUpImages({ size, batch }) } };
    await engine.run(feeds, ["fed"]);
    const times = 20;
    const taken = await measured(async () => {
      for (let time = 0; time < times; time++) await engine.run(feeds, ["fed"]);
    });
    await engine.close();
    return { all: taken.all / times, main: taken.main / times };
  },

  async decode() {
    const { photographs } = await import("../../dist/bench/pictures.js");
    const pictures = await photographs(process.env.PICTURES, { size: 64, batch: 32 });
    for (let done = 0; done < 5; done++) await pictures.next();
    const batches = 30;
    const taken = await measured(async () => {
      for (let done = 0; done < batches; done++) await pictures.next();
    });
    await pictures.close();
    return { main: taken.main / batches / 32, all: taken.all / batches / 32 };
  },
};

if (values.child) {
  console.log(JSON.stringify(await children[values.child]()));
  process.exit();
}

const run = (command, args, env = {}) => {
  const { status, stdout, stderr } = spawnSync(command, args, { encoding: "utf8", env: { ...process.env, ...env } });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")}: ${stderr}`);
  return stdout;
};
const child = (name, cores, threads, env = {}) => {
  const own = ["--network", network, "--size", size, "--batch", batch, "--steps", steps].map(String);
  const words = ["-c", cores, process.execPath, import.meta.filename, "--child", name, ...own];
  return JSON.parse(
    run("taskset", words, { INCEPTION_THREADS: `${threads}`, ...env })
      .trim()
      .split("\n")
      .at(-1),
  );
};
const [seconds, milliseconds] = [(value) => `${value.toFixed(2)} s`, (value) => `${(1000 * value).toFixed(2)} ms`];

function cores() {
  const found = { 1: [], 2: [] };
  for (let turn = 0; turn < turns; turn++)
    for (const count of [1, 2]) found[count].push(child("step", count === 1 ? "0" : "0,1", count));
  const of = (count, what) => median(found[count].map((one) => one[what]));
  for (const count of [1, 2])
    console.log(`cores ${count}: a step ${seconds(of(count, "wall"))}, processor ${seconds(of(count, "all"))}`);
  console.log(
    `cores: ${found[1][0].precision}, two are ${(of(1, "wall") / of(2, "wall")).toFixed(2)} times as fast as one`,
  );
}

async function feeds(folder) {
  const { all, main } = child("feed", "0,1", 1);
  console.log(
    `feeds: a batch of ${batch} into TensorFlow ${milliseconds(all)}, of it the main thread ${milliseconds(main)}`,
  );
  const { makeShapes } = await import("../../dist/images/shapes/make.js");
  const pictures = join(folder, "shapes");
  await makeShapes(pictures, { perClass: 20, size: 64, seed: 1 });
  for (const decoders of [2, 16]) {
    const each = child("decode", "0,1", decoders, { PICTURES: pictures });
    console.log(
      `feeds: ${decoders} decoders, a picture: main thread ${milliseconds(each.main)}, all ${milliseconds(each.all)}`,
    );
  }
}

async function jobs(folder) {
  const { makeShapes } = await import("../../dist/images/shapes/make.js");
  await makeShapes(join(folder, "small"), { perClass: 30, size: 64, seed: 1 });
  const base = `network: { name: bn-inception, width: 0.25, stemStride: 1 }
data: { train: ${join(folder, "small")}, validation: { holdOut: 0.2 }, size: 48 }
train: { batch: 16, steps: ${10 * steps}, learningRate: 0.01 }
`;
  writeFileSync(join(folder, "base.yaml"), base);
  const file = join(folder, "jobs.yaml");
  const rows = "[{ name: plain }, { name: sharp, set: { train.labelSmoothing: 0 } }]";
  writeFileSync(file, `name: jobs\nbase: { config: base.yaml }\nrows: ${rows}\nseeds: 0..1\n`);
  const quoted = (words) => words.map((word) => `'${word}'`).join(" ");
  // Else the first cell would race them.
  process.env.INCEPTION_KERNELS = "own";
  const inception = [process.execPath, "bin/inception.js", "ablate", file];
  let made = 0;
  const fresh = () => join(folder, `out-${made++}`);
  const byCommands = (placed) => {
    const lines = run(inception[0], [...inception.slice(1), "--threads", "1", "-o", fresh(), "--executor", "print"]);
    const ofCore = (core) =>
      lines
        .trim()
        .split("\n")
        .filter((_, cell) => cell % 2 === core)
        .map((line) => placed(line, core))
        .join(" && ");
    return `{ ${ofCore(0)}; } & a=$!; { ${ofCore(1)}; } & wait $a && wait $!`;
  };
  const ways = {
    "one after the other": () => quoted([...inception, "-o", fresh(), "--jobs", "1"]),
    "two at a time": () => quoted([...inception, "-o", fresh(), "--jobs", "2"]),
    "two by their commands": () => byCommands((line) => line),
    "the same, each on its core": () => byCommands((line, core) => `taskset -c ${core} ${line}`),
  };
  const found = Object.fromEntries(Object.keys(ways).map((name) => [name, []]));
  for (let turn = 0; turn < turns; turn++)
    for (const [name, line] of Object.entries(ways)) {
      const [command, start] = [line(), performance.now()];
      const told = run("taskset", ["-c", "0,1", "sh", "-c", `{ ${command}; } >${join(folder, "log")} 2>&1 && times`]);
      const wall = (performance.now() - start) / 1000;
      const times = [...told.matchAll(/(\d+)m([\d.]+)s/g)].map(([, minutes, rest]) => 60 * minutes + Number(rest));
      found[name].push({ wall, all: times.reduce((sum, one) => sum + one, 0) });
    }
  for (const [name, all] of Object.entries(found))
    console.log(
      `jobs, ${name}: ${seconds(median(all.map(({ wall }) => wall)))}, processor ${seconds(median(all.map((one) => one.all)))}`,
    );
}

const folder = mkdtempSync(join(tmpdir(), "inception-threads-"));
try {
  console.log(`load ${loadavg()[0].toFixed(1)}, ${network}, ${size} px, batch ${batch}, ${turns} turns`);
  for (const [name, part] of Object.entries({ cores, feeds, jobs }))
    if (only.split(",").includes(name)) await part(folder);
  console.log(`load ${loadavg()[0].toFixed(1)}`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
