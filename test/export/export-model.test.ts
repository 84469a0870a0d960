// A whole model gets its name only when it gives the network's own logits; what lies there stays where it does not.
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { readOrigin } from "../../src/checkpoint/origin.ts";
import { newestCheckpoint } from "../../src/checkpoint/store.ts";
import { type Model, openModel } from "../../src/evaluate/model.ts";
import { predictFiles } from "../../src/evaluate/predict.ts";
import { type ExportRequest, exportModel } from "../../src/export/export-model.ts";
import { forms } from "../../src/export/forms.ts";
import { drawnPictures } from "../../src/export/pictures.ts";
import { encodePng } from "../../src/images/decode.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { unitRange } from "../../src/network/preprocessing.ts";
import { smallV3 } from "../graph/step.ts";
import { randomWeights } from "../graph/weights.ts";

const size = 37;
const network = buildNetwork(smallV3, size);
const model: Model = {
  path: "models/small",
  step: 3,
  network,
  options: smallV3,
  classes: ["cat", "cow", "dog", "emu", "owl"],
  experiment: undefined,
  batch: 4,
  preprocessing: { size, preset: "tf", fit: "crop", jpegReduction: "auto", ...unitRange, background: false },
  size,
  preset: "tf",
  kind: "average",
  weights: randomWeights(network, size),
};
const choice = { which: "best", raw: false } as const;
const pictures = drawnPictures(size);

let folder: string;
let picture: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-export-"));
  picture = join(folder, "one.png");
  writeFileSync(picture, await encodePng(pictures.images.slice(0, size * size * 3), size, size));
});
afterAll(() => rmSync(folder, { recursive: true }));

const request = (form: ExportRequest["form"], name: string, changes: Partial<ExportRequest> = {}): ExportRequest => ({
  ...{ form, path: join(folder, name), storage: "float32", pixels: "outside", force: false },
  ...changes,
});

describe.each(["onnx", "inference"] as const)("%s", (form) => {
  const name = form === "onnx" ? "small.onnx" : "small-inference";

  test("agrees, opens as a model and predicts what the model does", async () => {
    const exported = await exportModel(model, pictures, request(form, name));
    expect(exported.parity.largest).toBeLessThan(exported.parity.allowed);
    expect(exported.parity.otherTop1).toBe(0);
    expect(exported.cost).toBeUndefined();
    const opened = openModel(join(folder, name), choice);
    expect(opened).toMatchObject({ step: 3, kind: "average", classes: model.classes, size });
    const [[own], [theirs]] = [await predictFiles(model, [picture], 2), await predictFiles(opened, [picture], 2)];
    expect(theirs!.top.map((one) => one.class)).toEqual(own!.top.map((one) => one.class));
    expect(theirs!.top[0]!.probability).toBeCloseTo(own!.top[0]!.probability, 1);
  });

  test("in a quarter of the bits says what that costs", async () => {
    const { bytes, cost } = await exportModel(model, pictures, request(form, `levels-${name}`, { storage: "uint8" }));
    const whole = await exportModel(model, pictures, request(form, `whole-${name}`));
    expect(bytes).toBeLessThan(whole.bytes);
    expect(cost!.largest).toBeGreaterThan(1e-3);
  });

  test("that does not agree is not written, and what was there stays", async () => {
    const path = join(folder, `kept-${name}`);
    writeFileSync(path, "precious");
    const open = forms[form].open;
    const spy = vi.spyOn(forms[form], "open").mockImplementation(async (...given) => {
      const runner = await open(...given);
      return {
        ...runner,
        logits: async (images) => (await runner.logits(images)).map((row) => row.map((x) => x + 0.01)),
      };
    });
    await expect(exportModel(model, pictures, request(form, `kept-${name}`, { force: true }))).rejects.toMatchObject({
      reason: "checkFailed",
      message: expect.stringMatching(
        /^\w+ of models\/small does not agree with the model: its logits differ by 0\.010/,
      ),
    });
    spy.mockRestore();
    expect(readFileSync(path, "utf8")).toBe("precious");
    expect(readdirSync(folder).filter((entry) => entry.includes(".tmp-"))).toEqual([]);
  });

  test("takes no place that is taken, but with force", async () => {
    const path = join(folder, `taken-${name}`);
    writeFileSync(path, "old");
    await expect(exportModel(model, pictures, request(form, `taken-${name}`))).rejects.toMatchObject({
      reason: "usage",
    });
    await exportModel(model, pictures, request(form, `taken-${name}`, { force: true }));
    expect(openModel(path, choice).step).toBe(3);
    expect(readdirSync(folder).filter((entry) => entry.includes(".old-"))).toEqual([]);
  });
});

describe("a model for inference", () => {
  test("has one set of weights, no heads, and is no start of a training", async () => {
    const path = join(folder, "alone");
    await exportModel(model, pictures, request("inference", "alone"));
    const { checkpoint, path: at } = newestCheckpoint(join(path, "checkpoints"))!;
    expect(Object.keys(checkpoint.files)).toEqual(["weights"]);
    const names = [...checkpoint.files.weights.keys()];
    expect(names.filter((name) => /Aux|gamma|moving/.test(name))).toEqual([]);
    expect(() => readOrigin(at)).toThrow(expect.objectContaining({ reason: "checkpoint" }));
  });

  test("takes no pixels inside", async () => {
    await expect(exportModel(model, pictures, request("inference", "inside", { pixels: "inside" }))).rejects.toThrow(
      "--format inference has no --preprocessing inside, expected outside",
    );
    expect(existsSync(join(folder, "inside"))).toBe(false);
  });
});
