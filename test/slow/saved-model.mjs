// A model as a SavedModel, loaded by Python's TensorFlow: its logits beside the model's own, on drawn pictures.
//   node test/slow/saved-model.mjs RUN [python3]
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { openModel } from "../../dist/evaluate/model.js";
import { exportModel } from "../../dist/export/export-model.js";
import { ownLogits } from "../../dist/export/parity.js";
import { drawnPictures } from "../../dist/export/pictures.js";

const [run, python = "python3"] = process.argv.slice(2);
const folder = mkdtempSync(join(tmpdir(), "saved-model-"));
try {
  const model = openModel(run, { which: "best", raw: false });
  const pictures = drawnPictures(model.size);
  const path = join(folder, "model");
  const writing = { storage: "float32", pixels: "inside", demo: false };
  await exportModel(model, pictures, { form: "saved-model", path, force: false, ...writing });
  const [rows] = await ownLogits(model, [model.weights], pictures);
  const files = { pictures: join(folder, "pictures"), logits: join(folder, "logits") };
  writeFileSync(files.pictures, pictures.images);
  writeFileSync(files.logits, Buffer.concat(rows.map((row) => new Uint8Array(row.slice().buffer))));
  const script = fileURLToPath(new URL("saved-model.py", import.meta.url));
  const args = [script, path, files.pictures, files.logits, `${model.size}`];
  const found = JSON.parse(execFileSync(python, args, { stdio: ["ignore", "pipe", "ignore"], encoding: "utf8" }));
  console.log(found);
  const agrees = found.largestDifference <= 1e-4 * Math.max(1, found.largestLogit) && found.probabilitiesOffOne < 1e-5;
  process.exitCode = agrees ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
