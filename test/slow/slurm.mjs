// An ablation on Slurm: a controller and four nodes on this machine, of which one is lost, and a task is killed; the tables must be those of
// `--executor local`. Needs root, and on Debian `apt-get install --no-install-recommends slurmctld slurmd slurm-client munge`. Some minutes on
// two cores, so it is run by hand after `npm run build`:
//   node test/slow/slurm.mjs [--steps 40]
// Ends with 1 where a table differs.
import { spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { makeShapes } from "../../dist/images/shapes/make.js";

const { steps } = parseArgs({ options: { steps: { type: "string", default: "40" } } }).values;
const folder = mkdtempSync(join(tmpdir(), "inception-slurm-"));
chmodSync(folder, 0o755);
const place = (...names) => join(folder, ...names);
const nodes = ["n1", "n2", "n3", "n4"];
const daemons = new Set();

const must = (program, ...args) => {
  const { status, stdout, stderr, error } = spawnSync(program, args, { encoding: "utf8" });
  if (status !== 0) throw error ?? new Error(`${program} ${args.join(" ")}: ${stderr}`);
  return stdout;
};

function configuration() {
  const port = 20_000 + (process.pid % 10_000);
  return `ClusterName=inception
AuthType=auth/munge
AuthInfo=cred_expire=5,socket=${place("munge", "socket")}
SlurmctldHost=${hostname()}(127.0.0.1)
SlurmUser=root
SlurmdUser=root
SlurmctldPort=${port}
SlurmctldPidFile=${place("run", "slurmctld.pid")}
SlurmdPidFile=${place("run", "slurmd.%n.pid")}
StateSaveLocation=${place("state")}
SlurmdSpoolDir=${place("spool.%n")}
SlurmctldLogFile=${place("log", "slurmctld.log")}
SlurmdLogFile=${place("log", "slurmd.%n.log")}
MpiDefault=none
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
SlurmdTimeout=10
KillWait=5
ReturnToService=2
JobRequeue=1
SchedulerParameters=bf_interval=2,batch_sched_delay=1,sched_min_interval=200000
${nodes.map((name, i) => `NodeName=${name} NodeHostname=${hostname()} NodeAddr=127.0.0.1 Port=${port + 1 + i} CPUs=1 RealMemory=4000 State=UNKNOWN\n`).join("")}PartitionName=local Nodes=${nodes.join(",")} Default=YES MaxTime=INFINITE State=UP
`;
}

function startDaemon(program, ...args) {
  const child = spawn(program, args, { stdio: "ignore" });
  child.once("exit", () => daemons.delete(child));
  daemons.add(child);
  return child;
}

async function until(what, condition, seconds = 300) {
  for (let end = Date.now() + 1000 * seconds; Date.now() < end; await sleep(100)) {
    const found = condition();
    if (found) return found;
  }
  throw new Error(`${what}: not within ${seconds} seconds`);
}

async function startCluster() {
  for (const name of ["munge", "run", "state", "log"]) mkdirSync(place(name), { mode: 0o755 });
  const key = place("munge", "key");
  writeFileSync(key, crypto.getRandomValues(new Uint8Array(128)), { mode: 0o400 });
  const files = ["socket", "log", "seed", "pid"].map((name) => place("munge", name));
  const [socket, log, seed, pid] = files;
  startDaemon(
    "munged",
    "-F",
    `--key-file=${key}`,
    `-S${socket}`,
    `--log-file=${log}`,
    `--seed-file=${seed}`,
    `--pid-file=${pid}`,
  );
  await until("munged", () => existsSync(socket));
  writeFileSync(place("slurm.conf"), configuration());
  process.env.SLURM_CONF = place("slurm.conf");
  startDaemon("slurmctld", "-D");
  const running = new Map(nodes.map((name) => [name, startDaemon("slurmd", "-D", "-N", name)]));
  await until(
    "four idle nodes",
    () => spawnSync("sinfo", ["-h", "-N", "-o", "%t"], { encoding: "utf8" }).stdout.match(/idle/g)?.length === 4,
  );
  return running;
}

const inception = (...args) => [process.execPath, "bin/inception.js", ...args];
const cellsOf = (output) => (existsSync(join(output, "cells")) ? readdirSync(join(output, "cells")) : []);
const stepOf = (output, cell) => {
  const file = join(output, "cells", cell, "run-1", "metrics.jsonl");
  return Number(
    (existsSync(file) ? readFileSync(file, "utf8") : "")
      .match(/"step":(\d+)/g)
      ?.at(-1)
      ?.slice(7) ?? 0,
  );
};
/** The training of a cell, the task above it, and Slurm's own process above that. */
function processesOf(output, cell) {
  const { pid } = JSON.parse(readFileSync(join(output, "cells", cell, ".lock"), "utf8"));
  const parent = (of) => Number(/^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${of}/status`, "utf8"))[1]);
  return { training: pid, task: parent(pid), step: parent(parent(pid)) };
}
const isTraining = (output) => (cell) => {
  const step = stepOf(output, cell);
  return step >= 4 && step < Number(steps) - 4;
};

async function onSlurm(file, output, slurmds) {
  const [command, ...args] = inception(
    "ablate",
    file,
    "--executor",
    "slurm",
    "--threads",
    "1",
    "--poll",
    "1",
    "-o",
    output,
  );
  const driver = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  process.once("exit", () => driver.kill("SIGKILL"));
  let text = "";
  for (const stream of [driver.stdout, driver.stderr]) stream.on("data", (data) => (text += data));
  const ended = new Promise((resolve) => driver.once("close", resolve));
  const next = (except) =>
    until("a cell in training", () => {
      if (driver.exitCode !== null) throw new Error(text);
      return cellsOf(output).find((cell) => cell !== except && isTraining(output)(cell));
    });
  const first = await next();
  const killed = processesOf(output, first);
  const before = stepOf(output, first);
  for (const pid of [killed.task, killed.training]) process.kill(pid, "SIGKILL");
  const second = await next(first);
  const lost = processesOf(output, second);
  const node = nodeOf(lost);
  slurmds.get(node).kill("SIGKILL");
  for (const pid of [lost.step, lost.task, lost.training]) process.kill(pid, "SIGKILL");
  console.error(
    `killed the task of ${first} after step ${before}, lost ${node} with ${second} after step ${stepOf(output, second)}`,
  );
  const code = await ended;
  return { code, text, resumed: [first, second].filter((cell) => resumesOf(output, cell) > 0).length };
}

const nodeOf = ({ task }) => /(?:^|\0)SLURMD_NODENAME=([^\0]+)/.exec(readFileSync(`/proc/${task}/environ`, "utf8"))[1];

/** Else their processes would outlive the daemons. */
async function endJobs() {
  const jobs = () => spawnSync("squeue", ["-h"], { encoding: "utf8", timeout: 10_000 }).stdout?.trim();
  spawnSync("scancel", ["--user=root"], { timeout: 10_000 });
  for (let tries = 0; tries < 20 && jobs(); tries++) await sleep(1000);
}

const resumesOf = (output, cell) =>
  JSON.parse(readFileSync(join(output, "cells", cell, "run-1", "run.json"), "utf8")).resumes.length;

try {
  await makeShapes(place("shapes"), { perClass: 12, size: 48, seed: 1 });
  writeFileSync(
    place("tiny.yaml"),
    `network: { name: bn-inception, width: 0.05, stemStride: 1 }
data: { train: ${place("shapes")}, validation: { holdOut: 0.2 }, size: 32 }
train: { batch: 8, steps: ${steps}, learningRate: 0.01, averageDecay: 0.9, batchNormDecay: 0.5 }
checkpoint: { everySteps: 2 }
log: { everySteps: 1 }
`,
  );
  const file = place("two.yaml");
  writeFileSync(
    file,
    "name: two\nbase: { config: tiny.yaml }\nrows: [{ name: plain }, { name: sharp, set: { train.labelSmoothing: 0 } }]\nseeds: 0..1\n",
  );
  const slurmds = await startCluster();
  const [local, slurm] = [place("local"), place("slurm")];
  const { code, text, resumed } = await onSlurm(file, slurm, slurmds);
  if (code !== 0) throw new Error(`the driver ended with ${code}: ${text}`);
  must(...inception("ablate", file, "--threads", "1", "-o", local));
  const tables = readdirSync(local).filter((name) => /\.(md|csv|tex|json|svg)$/.test(name));
  const differ = tables.filter((name) => !readFileSync(join(local, name)).equals(readFileSync(join(slurm, name))));
  console.log(
    `R35 cells=4 nodes=4 killed=1 lost=1 resumed=${resumed} tables=${tables.length} differ=${differ.join(",") || 0}`,
  );
  process.exitCode = differ.length === 0 && resumed === 2 ? 0 : 1;
} finally {
  if (process.env.SLURM_CONF === place("slurm.conf")) await endJobs();
  for (const child of [...daemons].reverse()) child.kill("SIGTERM");
  await sleep(2000);
  for (const child of daemons) child.kill("SIGKILL");
  rmSync(folder, { recursive: true, force: true });
}
