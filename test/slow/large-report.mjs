// A report of 50,000 pictures in 1,000 classes: how long it takes and how large it is. Run `npm run build` first:
//   node test/slow/large-report.mjs [pictures] [classes]
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { encodePng } from "../../dist/images/decode.js";
import { jsonText } from "../../dist/results/document.js";
import { evaluationDocument } from "../../dist/results/evaluation-document.js";
import { resultOf } from "../../dist/results/evaluation-result.js";
import { predictionLines } from "../../dist/results/prediction-lines.js";
import { evaluationReport } from "../../dist/run-report/report.js";

const [pictures = 50_000, classCount = 1000] = process.argv.slice(2).map(Number);
const most = { seconds: 60, megabytes: 20 };
const folder = mkdtempSync(join(tmpdir(), "inception-large-report-"));
try {
  const photos = join(folder, "photos");
  mkdirSync(photos);
  const classes = Array.from({ length: classCount }, (_, i) => `class ${String(i).padStart(4, "0")}`);
  const png = await encodePng(
    Uint8Array.from({ length: 64 * 64 * 3 }, (_, i) => (i * i) % 251),
    64,
    64,
  );
  const names = Array.from({ length: pictures }, (_, i) => `${i}.png`);
  const labels = Int32Array.from(names, (_, i) => i % classCount);
  for (const name of names) writeFileSync(join(photos, name), png);
  writeFileSync(
    join(photos, "list.csv"),
    `path,label\n${names.map((name, i) => `${name},${classes[labels[i]]}`).join("\n")}\n`,
  );
  // Three quarters are right; the others are spread over ten neighbours of their class.
  const logits = new Float32Array(pictures * classCount);
  for (let i = 0; i < pictures; i++) {
    const taken = i % 4 === 0 ? (labels[i] + 1 + ((i >> 2) % 10)) % classCount : labels[i];
    logits[i * classCount + taken] = 6 + (i % 17) / 4;
    logits[i * classCount + labels[i]] += 2;
  }
  const model = { path: "made-up", step: 1, weights: "raw", network: "bn-inception", size: 64 };
  const protocol = {
    crops: "single",
    average: "probabilities",
    models: [{ ...model, precision: "float32", resize: "none", digest: "made up" }],
  };
  const scores = { classes, names, labels, logits, fingerprint: "made up", listed: pictures, rejected: [], protocol };
  const result = resultOf(scores, { source: join(photos, "list.csv") });
  writeFileSync(join(folder, "predictions.jsonl"), predictionLines(result));
  writeFileSync(join(folder, "summary.json"), jsonText(evaluationDocument(result)));

  const began = process.cpuUsage();
  const start = performance.now();
  const report = await evaluationReport(folder, { budget: 5e6 });
  const seconds = (performance.now() - start) / 1000;
  const { user, system } = process.cpuUsage(began);
  const file = join(folder, "report.html");
  writeFileSync(file, report.text);
  const megabytes = statSync(file).size / 1e6;
  const figures = `${megabytes.toFixed(1)} MB, ${report.pictures} pictures, ${seconds.toFixed(1)} s (${((user + system) / 1e6).toFixed(1)} s of work)`;
  console.log(`${pictures} pictures in ${classCount} classes: ${figures}`);
  process.exitCode = seconds < most.seconds && megabytes < most.megabytes ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
