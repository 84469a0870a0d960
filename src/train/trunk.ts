// Training above a frozen trunk: the trunk is an evaluation program, with folded norms and kept filters, whose maps the rest learns from.
import { createHash } from "node:crypto";
import { evaluationProgram } from "../graph/evaluation-program.ts";
import { isBelow, type NamedTensors } from "../graph/state.ts";
import { type Parts, partsAt } from "../interpret/border.ts";
import { variables } from "../interpret/parameters.ts";
import { owners } from "../interpret/selection.ts";
import { outputOf } from "../interpret/shapes.ts";
import type { Layer } from "../network/layer.ts";
import { kernelsFor } from "../race/kernels-for.ts";
import { device } from "../runtime/device.ts";
import { startEngine } from "../runtime/engine.ts";
import { threads } from "../runtime/threads.ts";
import { initialWeights } from "./initial.ts";
import type { Start } from "./start.ts";
import { requireFit } from "./state.ts";
import { type MicroBatch, type StepOptions, startStep, type Trainer } from "./trainer.ts";

/** Compiles the experiment's step, which leaves all below `frozen` as it is and computes nothing backwards there. */
export function startTrainer(network: Layer, options: StepOptions): Promise<Trainer> {
  const parts = partsAt(network, isBelow(options.frozen ?? []));
  return parts ? startOnTrunk(network, parts, options) : startStep(network, options);
}

/** Auxiliary heads below the border keep their weights too: nothing that learns is below them. */
async function startOnTrunk(network: Layer, { trunk, head }: Parts, options: StepOptions): Promise<Trainer> {
  const { data, train, precision, frozen = [] } = options;
  const { size, pixels } = data;
  const input = { height: size, width: size, channels: 3 };
  const maps = outputOf(trunk, input);
  const batch = train.microBatch ?? train.batch;
  const kernels =
    options.kernels ?? (await kernelsFor({ network: trunk, input, batch, precision, passes: ["inference"] }));
  const program = evaluationProgram(trunk, {
    size,
    pixels,
    batch,
    precision,
    kernels,
    onGpu: device() === "cuda",
    threads: threads(),
  });
  const above = owners(head).map(({ path }) => path);
  const [below, rest] = await Promise.all([
    startEngine(program.bytes),
    startStep(head, { ...options, maps, frozen: frozen.filter((path) => above.some(isBelow([path]))) }),
  ]);
  const all = variables(network, input);
  const learning = new Set(variables(head, maps).map(({ name }) => name));
  let kept: NamedTensors = new Map();
  const features = async (images: Uint8Array): Promise<Uint8Array> => {
    const [result] = await below.run({ images: { dtype: "string", value: images } }, ["logits"]);
    const { buffer, byteOffset, byteLength } = result!.data;
    return new Uint8Array(buffer, byteOffset, byteLength);
  };
  const read = async (microBatches: readonly MicroBatch[]): Promise<MicroBatch[]> => {
    const found = [];
    for (const microBatch of microBatches) found.push({ ...microBatch, images: await features(microBatch.images) });
    return found;
  };
  return {
    trunk: { head, maps, features, digest: () => digestOf(kept), fromFeatures: rest },
    async begin(start) {
      const weights = await weightsOf(start, network, size);
      if (start.from === "weights") requireFit(all, weights);
      kept = new Map([...weights].filter(([name]) => !learning.has(name)));
      await below.run({ weights: { dtype: "string", value: program.weightBytes(weights) } }, ["assign"]);
      const own = new Map([...weights].filter(([name]) => learning.has(name)));
      await rest.begin(start.from === "checkpoint" ? start : { from: "weights", weights: own });
    },
    step: async (microBatches, rates) => rest.step(await read(microBatches), rates),
    firstOverflow: async (microBatches) => rest.firstOverflow(await read(microBatches)),
    async save() {
      const { weights, average, optimizer } = await rest.save();
      return {
        weights: new Map([...kept, ...weights]),
        ...(average && { average: new Map([...kept, ...average]) }),
        optimizer,
      };
    },
    close: async () => void (await Promise.all([below.close(), rest.close()])),
  };
}

function digestOf(weights: NamedTensors): string {
  const hash = createHash("sha256");
  for (const name of [...weights.keys()].sort()) hash.update(name).update(weights.get(name)!.data);
  return hash.digest("hex");
}

async function weightsOf(start: Start, network: Layer, size: number): Promise<NamedTensors> {
  if (start.from === "seed") return initialWeights(network, size, start.seed);
  return start.from === "weights" ? start.weights : (start.checkpoint.files.weights as NamedTensors);
}
