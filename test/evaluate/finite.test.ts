// Weights that are not numbers are a divergence, by name, before any picture: a ReLU would make zeros of what they give.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { requireFiniteWeights } from "../../src/evaluate/finite.ts";
import { predictFiles } from "../../src/evaluate/predict.ts";
import { chain, conv, dense, globalPool, relu } from "../../src/network/build.ts";
import { tinyModel, writePictures } from "./tiny-model.ts";

const bytes = (...values: number[]): Uint8Array => new Uint8Array(Float32Array.from(values).buffer);
const tensor = (...values: number[]) => ({ shape: [values.length], data: Float32Array.from(values) });

test.each([
  ["first in b/kernel", { "a/kernel": [1, 2], "b/kernel": [3, Number.NaN] }, [1, 2, 3, Number.NaN]],
  ["first in a/bias", { "a/bias": [Number.NEGATIVE_INFINITY] }, [Number.NEGATIVE_INFINITY]],
  ["once batch norms are folded into its convolutions", { "a/kernel": [1], "a/gamma": [1] }, [Number.NaN]],
])("%s", (where, named, used) => {
  const weights = new Map(Object.entries(named).map(([name, values]) => [name, tensor(...(values as number[]))]));
  expect(() => requireFiniteWeights("runs/a-1", weights, bytes(...used))).toThrow(
    expect.objectContaining({
      reason: "diverged",
      message: `runs/a-1 has weights that are not finite, ${where}`,
    }),
  );
});

test("what the network does not compute with, as of an auxiliary head, may be anything", () => {
  requireFiniteWeights("runs/a-1", new Map([["head/bias", tensor(Number.NaN)]]), bytes(1, 2));
});

test("a hidden weight that is not a number ends a prediction, though the logits after the ReLU would be finite", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-finite-"));
  try {
    const [item] = await writePictures(folder, 1);
    const network = chain({ conv: conv(3, 1), relu, pool: globalPool, dense: dense(3) });
    const kernel = new Float32Array(9).fill(0.5);
    kernel[4] = Number.NaN;
    const weights = new Map([...tinyModel.weights, ["conv/kernel", { shape: [1, 1, 3, 3], data: kernel }] as const]);
    await expect(predictFiles({ ...tinyModel, network, weights }, [join(folder, item!.name)], 1)).rejects.toMatchObject(
      {
        reason: "diverged",
        message: expect.stringMatching(/has weights that are not finite, first in conv\/kernel$/),
      },
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
});
