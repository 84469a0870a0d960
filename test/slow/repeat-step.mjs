// The complete training step, full size, repeated without updates: loss and every gradient must be the same bit for bit.
// A few minutes on two cores, so it is run by hand after `npm run build`:
//   node test/slow/repeat-step.mjs [--times 100] [--batch 4] [--size 299] [--width 1] [--precision float32,bfloat16]
// Prints one line of JSON for each precision; ends with 1 if a run differed.
import { createHash } from "node:crypto";
import { parseArgs } from "node:util";
import { trainingProgram } from "../../dist/graph/training-program.js";
import { buildNetwork } from "../../dist/network/catalog.js";
import { kernels } from "../../dist/runtime/kernels.js";
import { openSession } from "../../dist/runtime/session.js";

const { values } = parseArgs({
  options: {
    times: { type: "string", default: "100" },
    batch: { type: "string", default: "4" },
    size: { type: "string", default: "299" },
    width: { type: "string", default: "1" },
    precision: { type: "string", default: "float32,bfloat16" },
  },
});
const [times, batch, size, width] = ["times", "batch", "size", "width"].map((name) => Number(values[name]));
const classes = 1000;
const results = values.precision.split(",").map(repeat);
process.exitCode = results.every(({ differing }) => differing === 0) ? 0 : 1;

function repeat(precision) {
  const network = buildNetwork(
    {
      name: "inception-v3",
      classes,
      stem: "conv3x3x3",
      stemStride: 2,
      stemPool: true,
      auxiliary: "bn",
      width,
      bnScale: true,
      poolDivisor: "valid",
      dropout: 0.2,
    },
    size,
  );
  // Momentum 0 keeps the gradient to the bit; a rate of 0 keeps the weights.
  const program = trainingProgram(network, {
    size,
    batch,
    microBatches: 1,
    precision,
    labelSmoothing: 0.1,
    auxiliaryWeight: 0.4,
    weightDecay: 4e-5,
    clipNorm: 2,
    optimizer: { name: "momentum", momentum: 0, nesterov: false },
    average: true,
    kernels: kernels(precision),
  });
  const session = openSession(program.bytes);
  session.run({ seed: int32(1, 2) }, ["initialize"]);
  const feeds = {
    images: { dtype: "string", value: noise(batch * size * size * 3) },
    labels: int32(...Array.from({ length: batch }, (_, i) => (i * 379) % classes)),
    seed: int32(3, 4),
    learning_rate: float32(0),
    average_rate: float32(0),
    statistics_rate: float32(0),
  };
  const once = () => {
    const [figures] = session.run(feeds, ["train"]);
    const gradients = session.run({}, ["read/momentum/kernels", "read/momentum/scalars"]);
    return { figures: [...figures.data], digest: digest([figures, ...gradients]) };
  };
  const first = once();
  const start = performance.now();
  let differing = 0;
  for (let i = 1; i < times; i++) {
    const { figures, digest } = once();
    if (digest === first.digest) continue;
    differing++;
    console.error(`run ${i} differs: ${figures.join(" ")} against ${first.figures.join(" ")}`);
  }
  session.close();
  const secondsPerRun = Number(((performance.now() - start) / 1000 / (times - 1)).toFixed(3));
  const [loss, , , , gradientNorm] = first.figures;
  const result = { precision, size, batch, width, times, differing, loss, gradientNorm, secondsPerRun };
  console.log(JSON.stringify(result));
  return result;
}

function digest(tensors) {
  const hash = createHash("sha256");
  for (const { data } of tensors) hash.update(data);
  return hash.digest("hex");
}

function noise(length) {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
}

function int32(...values) {
  return { dtype: "int32", shape: [values.length], value: Int32Array.from(values) };
}

function float32(value) {
  return { dtype: "float32", shape: [], value: Float32Array.of(value) };
}
