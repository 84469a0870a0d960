// A checkpoint with a tensor of more than 2 GiB, saved, verified and read back; takes 8 GB of memory and 3 GB of disk.
// node test/slow/large-checkpoint.mjs, after npm run build
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readCheckpoint, writeCheckpoint } from "../../dist/checkpoint/store.js";
import { preprocessingSchema } from "../../dist/network/preprocessing.js";
import { networkSchema } from "../../dist/network/schema.js";

const folder = mkdtempSync(join(process.argv[2] ?? tmpdir(), "inception-large-"));
try {
  const data = new Float32Array(2 ** 29 + 1000);
  const marks = [0, 2 ** 24 - 1, 2 ** 24, 2 ** 28, 2 ** 29 - 1, 2 ** 29, data.length - 1];
  for (const mark of marks) data[mark] = mark + 1;
  const weights = new Map([["large", { shape: [data.length], data }]]);
  const state = {
    network: { ...networkSchema.parse({ name: "inception-v3", width: 4 }), classes: 2 },
    preprocessing: preprocessingSchema.parse({ preset: "tf", size: 96 }),
    classes: ["cat", "dog"],
  };
  const began = performance.now();
  const path = writeCheckpoint(folder, { step: 1, files: { weights }, state });
  const saved = performance.now();
  const { size } = statSync(join(path, "weights.safetensors"));
  const read = readCheckpoint(path).files.weights.get("large").data;
  const seconds = [saved - began, performance.now() - saved].map((time) => (time / 1000).toFixed(1));
  const wrong = marks.filter((mark) => read[mark] !== data[mark]);
  const sum = read.reduce((total, value) => total + (value === 0 ? 0 : 1), 0);
  if (read.length !== data.length || wrong.length > 0 || sum !== marks.length) throw new Error(`differs at ${wrong}`);
  console.log(`${size} bytes saved in ${seconds[0]} s, read in ${seconds[1]} s, every mark in its place`);
} finally {
  rmSync(folder, { recursive: true });
}
