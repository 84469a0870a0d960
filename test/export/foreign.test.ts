// Weights under another program's names: written when its network gives the model's own logits with them.
import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { readWeightsFile } from "../../src/checkpoint/weights-file.ts";
import { type ExportRequest, exportModel } from "../../src/export/export-model.ts";
import { drawnPictures } from "../../src/export/pictures.ts";
import type { InceptionV3Options } from "../../src/network/options.ts";
import type { ExportFormat } from "../../src/published/choices.ts";
import { randomWeights } from "../graph/weights.ts";
import { v3 } from "../network/examples.ts";
import { smallModel } from "./small-model.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-export-"));
afterAll(() => rmSync(folder, { recursive: true }));

const size = 75;
const two = drawnPictures(size);
const pictures = { ...two, count: 2, images: two.images.subarray(0, 2 * size * size * 3) };
const theirs: InceptionV3Options = { ...v3, poolDivisor: "full", auxiliary: "off", classes: 5 };
const request = (form: ExportFormat, name: string): ExportRequest => ({
  ...{ form, path: join(folder, name), storage: "float32", pixels: "outside", force: false, demo: false },
});

/** With logits of a trained network's size. */
function model(options: InceptionV3Options) {
  const whole = smallModel(options, size);
  const weights = randomWeights(whole.network, size);
  for (const { shape, data } of weights.values())
    if (shape.length === 2) for (const [i, value] of data.entries()) data[i] = value / 10;
  return { ...whole, weights };
}

describe.each<[ExportFormat, InceptionV3Options]>([
  ["torchvision", theirs],
  ["timm", theirs],
  ["keras", { ...theirs, poolDivisor: "valid", bnScale: false }],
])("%s", (form, options) => {
  test("is read back and gives the model's logits", { timeout: 60_000 }, async () => {
    const { parity, remarks } = await exportModel(model(options), pictures, request(form, form));
    expect(parity.largest).toBeLessThanOrEqual(1e-4);
    expect(remarks).toEqual([]);
    expect(readWeightsFile(join(folder, form)).tensors.size).toBeGreaterThan(300);
  });
});

describe("where the program's network is not quite the same function", () => {
  const divided = model({ ...theirs, poolDivisor: "valid" });
  const remark = "network.poolDivisor is valid here, and full in timm";

  test("nothing is written, and what differs is said", { timeout: 60_000 }, async () => {
    await expect(exportModel(divided, pictures, request("timm", "other/refused"))).rejects.toMatchObject({
      reason: "checkFailed",
      message: expect.stringMatching(/^timm of a model does not agree with the model: its logits differ by /),
      hint: `${remark}. Nothing was written; --tolerance takes it as it is`,
    });
    expect(readdirSync(folder).filter((name) => name.startsWith("other"))).toEqual([]);
  });

  test("a wider tolerance takes it, with a remark", { timeout: 60_000 }, async () => {
    const path = join("deeper", "taken");
    const { parity, remarks } = await exportModel(divided, pictures, { ...request("timm", path), tolerance: 1000 });
    expect([parity.allowed, remarks]).toEqual([1000, [remark]]);
    expect(parity.largest).toBeGreaterThan(1e-4);
    expect(existsSync(join(folder, path))).toBe(true);
  });
});
