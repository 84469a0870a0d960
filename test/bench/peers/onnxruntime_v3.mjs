// Inception V3 inference by onnxruntime-node, with the line protocol of turns.py. Inference in float32 only.
import { createRequire } from "node:module";
import { homedir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";

const home = join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "inception", "bench-node");
const { InferenceSession, Tensor } = createRequire(join(home, "package.json"))("onnxruntime-node");

const text = { type: "string" };
const { values } = parseArgs({
  options: { mode: text, size: text, batch: text, precision: text, steps: text, warmup: text, device: text },
});
const { mode = "eval", precision = "float32" } = values;
const [size, batch, steps, warmup] = [
  values.size ?? 299,
  values.batch ?? 32,
  values.steps ?? 5,
  values.warmup ?? 2,
].map(Number);
if (mode !== "eval" || precision !== "float32") throw new Error("onnxruntime takes part in float32 inference only");

const session = await InferenceSession.create(join(home, "inception-v3.onnx"), {
  graphOptimizationLevel: "all",
  freeDimensionOverrides: { batch, height: size, width: size },
});
const pixels = Uint8Array.from({ length: batch * size * size * 3 }, () => Math.floor(Math.random() * 256));
const images = new Tensor("uint8", pixels, [batch, size, size, 3]);
const run = async (count) => {
  for (let step = 0; step < count; step++) await session.run({ images });
};

await run(warmup);
console.log("ready");
for await (const line of createInterface({ input: process.stdin })) {
  if (line.trim() !== "go") continue;
  const start = performance.now();
  await run(steps);
  console.log(JSON.stringify({ imagesPerSecond: (batch * steps * 1000) / (performance.now() - start) }));
}
