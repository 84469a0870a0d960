// The way back: names, layouts and every bit of another program's tensors.
import { describe, expect, test } from "vitest";
import { sizeOf } from "../../src/interpret/parameters.ts";
import type { InceptionV3Options, NetworkOptions } from "../../src/network/options.ts";
import type { ExportFormat } from "../../src/published/choices.ts";
import { exportWeights } from "../../src/weights/export.ts";
import { weightsOf } from "../../src/weights/import.ts";
import { matchNetwork } from "../../src/weights/match.ts";
import { variablesIn } from "../../src/weights/names.ts";
import { sameBits } from "../graph/run.ts";
import { v3 } from "../network/examples.ts";
import { fileOf, networkNamed } from "./foreign-file.ts";

describe.each<[ExportFormat, string]>([
  ["torchvision", "googlenet"],
  ["torchvision", "inception_v3"],
  ["timm", "inception_v3"],
  ["keras", "InceptionV3"],
])("%s %s", (source, name) => {
  test("imported and exported is the same, bit for bit", { timeout: 60_000 }, () => {
    const foreign = networkNamed(source, name);
    const file = fileOf(foreign, 10);
    const match = matchNetwork(foreign, file, foreign.preprocessing.size);
    const { tensors, warnings } = exportWeights(match.options, match.size, weightsOf(match), source);
    expect(warnings).toEqual([]);
    expect([...tensors.keys()].sort()).toEqual([...file.tensors.keys()].sort());
    const other = [...tensors].filter(([name, { shape, data }]) => {
      const given = file.tensors.get(name)!;
      return given.shape.join() !== shape.join() || !sameBits(given.data, data);
    });
    expect(other.map(([name]) => name)).toEqual([]);
  });
});

describe("a network of ours", () => {
  const exported = (options: NetworkOptions, size: number, format: ExportFormat) => {
    const weights = variablesIn(options, size).map(
      (variable) => [variable.name, { data: new Float32Array(sizeOf(variable)) }] as const,
    );
    return exportWeights(options, size, new Map(weights), format);
  };
  const full: InceptionV3Options = { ...v3, poolDivisor: "full", classes: 10 };

  test("whose average pools divide by the real pixels is exported for PyTorch with a warning", {
    timeout: 60_000,
  }, () => {
    const { warnings } = exported({ ...full, poolDivisor: "valid", auxiliary: "off" }, 299, "timm");
    expect(warnings).toEqual(["network.poolDivisor is valid here, and full in timm"]);
  });

  test("goes without its auxiliary head where that has another shape", { timeout: 60_000 }, () => {
    const { warnings, tensors } = exported(full, 128, "torchvision");
    expect(warnings).toEqual(["the auxiliary heads are left out: those of torchvision are others"]);
    expect([...tensors.keys()].filter((name) => name.startsWith("Aux"))).toEqual([]);
    expect(tensors.size).toBe(94 * 5 + 2);
  });

  test.each<[string, Partial<InceptionV3Options>, ExportFormat, RegExp]>([
    [
      "half as wide",
      { width: 0.5 },
      "torchvision",
      /kernel of shape \[3,3,3,16\], which inception_v3 of torchvision has/,
    ],
    [
      "with gamma, for Keras",
      { auxiliary: "off" },
      "keras",
      /batchNorm\/gamma of shape \[32\], which InceptionV3 of keras/,
    ],
    ["with fewer blocks", { nBlocks17: 3 }, "timm", /which inception_v3 of timm has not/],
    ["that is not theirs", { name: "inception-v2" }, "timm", /timm has no inception-v2/],
  ])("%s is refused", (_what, changes, format, message) => {
    expect(() => exportWeights({ ...full, ...changes }, 299, new Map(), format)).toThrow(
      expect.objectContaining({ reason: "usage", message: expect.stringMatching(message) }),
    );
  });
});
