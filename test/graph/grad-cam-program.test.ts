// Grad-CAM of other programs' networks, filled by a formula, is what PyTorch's autograd gives there.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { gradCamProgram } from "../../src/graph/grad-cam-program.ts";
import type { Kernels } from "../../src/graph/kernels.ts";
import { mapStages } from "../../src/interpret/stages.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { kernels } from "../../src/runtime/kernels.ts";
import { openSession } from "../../src/runtime/session.ts";
import { weightsOf } from "../../src/weights/import.ts";
import { matchNetwork } from "../../src/weights/match.ts";
import { suitable } from "../checkpoint/suitable.ts";
import { fileOf, networkNamed } from "../weights/foreign-file.ts";
import { picture } from "../weights/formula.ts";
import { distance, int32, raw } from "./run.ts";
import { randomWeights } from "./weights.ts";

type Golden = {
  readonly classes: readonly number[];
  /** By the reference's name of the layer: a map for each class. */
  readonly layers: Readonly<Record<string, readonly (readonly (readonly number[])[])[]>>;
};
const golden: Readonly<Record<string, Golden>> = JSON.parse(
  readFileSync(join(import.meta.dirname, "../golden/grad-cam.json"), "utf8"),
);

/** Our stage for each of the reference's layers; the last maps come first. */
const stages = {
  googlenet: { inception5b: "Mixed_5c", inception4e: "Mixed_4f" },
  inception_v3: { Mixed_7c: "Mixed_7c", Mixed_6e: "Mixed_6e" },
} as const;

test.each(["googlenet", "inception_v3"] as const)(
  "torchvision's %s: PyTorch's maps to a thousandth of the largest value, at its last maps and at earlier ones",
  { timeout: 120_000 },
  (name) => {
    const { classes, layers } = golden[name]!;
    const foreign = networkNamed("torchvision", name);
    const match = matchNetwork(foreign, fileOf(foreign, 100), foreign.preprocessing.size);
    const network = buildNetwork(match.options, match.size);
    const weights = weightsOf(match);
    expect(mapStages(network).at(-1)).toBe(Object.values(stages[name])[0]);
    for (const [layer, stage] of Object.entries(stages[name])) {
      const { size } = match;
      const computed = { precision: "float32", kernels: kernels("float32") } as const;
      const options = { ...computed, size, pixels: foreign.preprocessing, stage, rows: classes.length };
      const program = gradCamProgram(network, options);
      const session = openSession(program.bytes);
      session.run({ weights: raw(program.weightBytes(weights)) }, ["assign"]);
      const [maps] = session.run({ images: raw(picture(size)) }, ["maps"]);
      const features = raw(maps!.data);
      const [logits] = session.run({ features }, ["logits"]);
      const [heats] = session.run({ features, classes: int32(...classes) }, ["heats"]);
      session.close();
      const row = logits!.data.subarray(0, 100) as Float32Array;
      expect(row.indexOf(Math.max(...row))).toBe(classes[0]);
      expect(heats!.shape).toEqual([classes.length, program.maps.height, program.maps.width]);
      for (const [i, map] of layers[layer]!.entries()) {
        const values = map.flat();
        const own = heats!.data.subarray(i * values.length, (i + 1) * values.length);
        const furthest = Math.max(...values.map((value, at) => Math.abs(value - own[at]!)));
        expect(furthest / Math.max(...values), `${stage}, class ${classes[i]}`).toBeLessThan(1e-3);
      }
    }
  },
);

test("with our kernels it is the same as with TensorFlow's, gradients through most of the network too", () => {
  const options = { ...suitable.state.network, classes: 3 };
  const network = buildNetwork(options, 64);
  const weights = randomWeights(network, 64);
  const heatsIn = (kernels: Kernels): Float32Array => {
    const stage = "Conv2d_2b_1x1";
    const program = gradCamProgram(network, { size: 64, precision: "float32", kernels, stage, rows: 3 });
    const session = openSession(program.bytes);
    session.run({ weights: raw(program.weightBytes(weights)) }, ["assign"]);
    const [maps] = session.run({ images: raw(picture(64)) }, ["maps"]);
    const [heats] = session.run({ features: raw(maps!.data), classes: int32(0, 1, 2) }, ["heats"]);
    session.close();
    return heats!.data as Float32Array;
  };
  const exact = heatsIn("tensorflow");
  expect(exact.some((value) => value > 0)).toBe(true);
  expect(distance(heatsIn("own"), exact)).toBeLessThan(1e-3);
});
