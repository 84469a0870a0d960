// Grad-CAM at work (Selvaraju et al., arXiv 1610.02391): which places of a network's maps raise a class's logit.
import { requireFiniteWeights } from "../evaluate/finite.ts";
import type { Model } from "../evaluate/model.ts";
import { gradCamProgram } from "../graph/grad-cam-program.ts";
import { startEngine } from "../runtime/engine.ts";
import { kernels } from "../runtime/kernels.ts";
import type { Feed } from "../runtime/session.ts";
import { threads } from "../runtime/threads.ts";
import type { Heat } from "./heat.ts";
import type { Method } from "./method.ts";

export interface GradCamOptions {
  /** The first-level layer whose maps are looked at. */
  readonly stage: string;
  /** Classes of one picture at the most. */
  readonly rows: number;
}

/** In float32: bfloat16's maps would give other gradients at early layers. Throws UserError("diverged") for weights that are not finite. */
export async function startGradCam(model: Model, { stage, rows }: GradCamOptions): Promise<Method> {
  const { network, size, preprocessing: pixels } = model;
  const computed = { precision: "float32", kernels: kernels("float32"), threads: threads() } as const;
  const program = gradCamProgram(network, { ...computed, size, pixels, stage, rows });
  const weights = program.weightBytes(model.weights);
  requireFiniteWeights(model.path, model.weights, weights);
  const engine = await startEngine(program.bytes);
  await engine.run({ weights: { dtype: "string", value: weights } }, ["assign"]);
  const { width, height } = program.maps;
  const cells = width * height;
  return {
    async look(picture) {
      const [maps] = await engine.run({ images: { dtype: "string", value: picture } }, ["maps"]);
      const { buffer, byteOffset, byteLength } = maps!.data;
      const features: Feed = { dtype: "string", value: new Uint8Array(buffer, byteOffset, byteLength) };
      const [logits] = await engine.run({ features }, ["logits"]);
      return {
        logits: (logits!.data as Float32Array).subarray(0, logits!.shape[1]!),
        async heats(classes) {
          const value = Int32Array.from({ length: rows }, (_, i) => classes[i] ?? 0);
          const [heats] = await engine.run({ features, classes: { dtype: "int32", shape: [rows], value } }, ["heats"]);
          return classes.map((_, i): Heat => {
            const values = (heats!.data as Float32Array).subarray(i * cells, (i + 1) * cells);
            const map = { width, height, values };
            return { measured: map, map };
          });
        },
      };
    },
    close: () => engine.close(),
  };
}
