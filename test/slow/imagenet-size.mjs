// Figures of as many pictures as ImageNet's validation set has: seconds, processor seconds and peak memory of `eval --from-saved` and
// `compare`, and the size of what they write. No network and no pictures: logits are drawn so that about 77% of the labels have the largest.
// Half a minute on two cores, so it is run by hand after `npm run build`:
//   node test/slow/imagenet-size.mjs [--pictures 50000] [--classes 1000] [--groups 0] [--seconds 15] [--megabytes 1024]
// Prints one line of JSON for each command; ends with 1 where `eval` took longer than --seconds or more than --megabytes.
import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { writeSaved } from "../../dist/evaluate/saved.js";
import { generator } from "../../dist/statistics/generator.js";
import { used } from "./used.mjs";

const { values } = parseArgs({
  options: {
    pictures: { type: "string", default: "50000" },
    classes: { type: "string", default: "1000" },
    groups: { type: "string", default: "0" },
    seconds: { type: "string", default: "15" },
    megabytes: { type: "string", default: "1024" },
  },
});
const [pictures, classes, groups, seconds, megabytes] = ["pictures", "classes", "groups", "seconds", "megabytes"].map(
  (name) => Number(values[name]),
);

const folder = mkdtempSync(join(tmpdir(), "inception-imagenet-size-"));
try {
  const [a, b] = ["a", "b"].map((name) => join(folder, name));
  writeSaved(a, drawn(1, "a"));
  writeSaved(b, drawn(2, "b"));
  const list = join(folder, "groups.csv");
  writeFileSync(
    list,
    `path,group\n${names()
      .map((name, i) => `${name},object ${i % groups}\n`)
      .join("")}`,
  );
  const grouped = groups > 0 ? ["--groups", list] : [];
  const out = join(folder, "out");
  const evaluated = await timed("eval", "--from-saved", a, "-o", out, ...grouped);
  await timed("compare", a, b, ...grouped);
  const files = readdirSync(out).map((name) => [name, statSync(join(out, name)).size]);
  console.log(JSON.stringify({ bytes: Object.fromEntries(files) }));
  process.exitCode = evaluated.seconds <= seconds && evaluated.megabytes <= megabytes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true });
}

function names() {
  return Array.from({ length: pictures }, (_, i) => `val/${String(i + 1).padStart(8, "0")}.jpg`);
}

function drawn(seed, digest) {
  const { uniform } = generator(seed);
  const labels = Int32Array.from({ length: pictures }, (_, i) => (i * 379) % classes);
  const logits = new Float32Array(pictures * classes);
  for (let at = 0; at < logits.length; at++) logits[at] = 2 * (uniform() + uniform() + uniform() + uniform() - 2);
  for (const [i, label] of labels.entries()) logits[i * classes + label] += 2 + 6 * uniform();
  return {
    classes: Array.from({ length: classes }, (_, k) => `n${String(k).padStart(8, "0")}`),
    names: names(),
    labels,
    logits,
    fingerprint: "0".repeat(64),
    listed: pictures,
    rejected: [],
    protocol: {
      crops: "single",
      average: "probabilities",
      models: [
        {
          path: `runs/train/${digest}/checkpoints/step-000000001`,
          step: 1,
          weights: "average",
          network: "inception-v3",
          size: 299,
          precision: "float32",
          resize: "short side to 342",
          digest,
        },
      ],
    },
  };
}

async function timed(...words) {
  const result = { command: words[0], pictures, classes, groups, ...(await used(words)) };
  console.log(JSON.stringify(result));
  return result;
}
