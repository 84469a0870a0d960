// The peak memory of an evaluation of as many pictures as ImageNet's validation set has, with 144 crops each. The pictures are few, hard-linked,
// and most of them are not looked at: a first sitting is stopped, its journal is filled with drawn logits up to the last pictures, and a second
// one takes the journal up, scores these and writes the figures of all. The network is a whole Inception-v3 with random weights. Some minutes on
// two cores, after `npm run build`:
//   node test/slow/imagenet-journal.mjs [--pictures 50000] [--classes 1000] [--left 2] [--size 299]
// Prints a line of JSON for each sitting; ends with 1 where the result lacks a picture.
import {
  appendFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { encodePng } from "../../dist/images/decode.js";
import { generator } from "../../dist/statistics/generator.js";
import { used } from "./used.mjs";

const text = { type: "string" };
const { values } = parseArgs({ options: { pictures: text, classes: text, left: text, size: text } });
const [pictures, classes, left, size] = [
  values.pictures ?? 50_000,
  values.classes ?? 1000,
  values.left ?? 2,
  values.size ?? 299,
].map(Number);

const folder = mkdtempSync(join(tmpdir(), "inception-imagenet-journal-"));
const journal = join(folder, "out", "progress.jsonl");
const lines = () => (existsSync(journal) ? readFileSync(journal, "utf8").split("\n").slice(0, -1) : []);
try {
  const train = await linked("train", classes);
  const validation = await linked("validation", pictures);
  const file = join(folder, "experiment.yaml");
  writeFileSync(
    file,
    `network: { name: inception-v3 }
data: { train: ${train}, validation: { holdOut: ${4 / classes} }, size: ${size} }
train: { batch: 2, steps: 1, precision: float32 }
`,
  );
  await used(["train", file, "-o", join(folder, "runs"), "--kernels", "own"]);
  const [run] = readdirSync(join(folder, "runs"));
  const words = ["eval", join(folder, "runs", run), "--data", validation, "--crops", "144", "--kernels", "own"];
  const evaluation = [...words, "-o", join(folder, "out")];
  const stopped = await used(evaluation, { code: 75, watch: stopAfterFirst });
  console.log(JSON.stringify({ sitting: 1, pictures: lines().length - 1, ...stopped }));
  fill();
  const ended = await used(evaluation);
  console.log(JSON.stringify({ sitting: 2, pictures, classes, crops: 144, left, ...ended }));
  const { data } = JSON.parse(readFileSync(join(folder, "out", "summary.json"), "utf8"));
  process.exitCode = data.evaluated === pictures ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

async function linked(name, count) {
  const one = join(folder, `${name}.png`);
  writeFileSync(one, await encodePng(new Uint8Array(400 * 300 * 3).fill(90), 400, 300));
  for (let at = 0; at < count; at++) {
    const of = join(folder, name, `n${String(at % classes).padStart(8, "0")}`);
    if (at < classes) mkdirSync(of, { recursive: true });
    linkSync(one, join(of, `${String(at).padStart(8, "0")}.png`));
  }
  return join(folder, name);
}

function stopAfterFirst(child) {
  const timer = setInterval(() => {
    if (lines().length < 2) return;
    clearInterval(timer);
    child.kill("SIGINT");
  }, 200);
  child.once("exit", () => clearInterval(timer));
}

function fill() {
  const { uniform } = generator(1);
  // Of a small set the averages over the first crops are kept, too.
  const { rows } = JSON.parse(lines()[1]);
  for (let index = lines().length - 1; index < pictures - left; index++) {
    const logits = new Float32Array(classes).map(() => 2 * (uniform() + uniform() - 1));
    logits[Math.floor(index / (pictures / classes))] += 2 + 4 * uniform();
    const row = Buffer.from(logits.buffer).toString("base64");
    appendFileSync(journal, `${JSON.stringify({ index, digest: "0".repeat(16), rows: rows.map(() => row) })}\n`);
  }
}
