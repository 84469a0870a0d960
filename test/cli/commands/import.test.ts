// inception import and export as commands: what they print, write and refuse.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encode } from "../../../src/checkpoint/safetensors.ts";
import { readWeightsFile } from "../../../src/checkpoint/weights-file.ts";
import { sameBits } from "../../graph/run.ts";
import { fileOf, networkNamed } from "../../weights/foreign-file.ts";
import { readPrinted } from "../printed.ts";

const bin = join(import.meta.dirname, "../../../bin/inception.js");
const { tensors } = fileOf(networkNamed("torchvision", "googlenet"), 3, false);
let folder: string;
beforeAll(() => {
  if (!existsSync("dist/cli/main.js")) throw new Error("run `npm run build` first: dist/ is missing");
  folder = mkdtempSync(join(tmpdir(), "inception-import-"));
  writeFileSync(join(folder, "googlenet.safetensors"), encode(new Map(tensors)));
  const broken = new Map(tensors);
  broken.delete("conv2.bn.bias");
  writeFileSync(
    join(folder, "broken.safetensors"),
    encode(broken.set("more", { shape: [1], data: Float32Array.of(1) })),
  );
  writeFileSync(join(folder, "names.txt"), "ring\nstar\ncross\n");
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inception = (line: string) =>
  spawnSync(process.execPath, [bin, ...line.split(" ")], { encoding: "utf8", cwd: folder, maxBuffer: 1 << 26 });

describe("inception import", () => {
  test("says what was matched, how pictures are seen, and what to do next", { timeout: 60_000 }, () => {
    const { status, stdout, stderr } = inception("import googlenet.safetensors --labels names.txt");
    expect([status, stderr]).toEqual([0, ""]);
    expect(stdout).toMatch(/^sha256 +[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^network +googlenet: googlenet of torchvision$/m);
    expect(stdout).toMatch(/^tensors +287 of 287 matched, /m);
    expect(stdout).toMatch(/^classes +3: ring, star, cross$/m);
    expect(stdout).toMatch(/^pictures +224 px, short side to 8\/7 of it, centre; RGB, /m);
    expect(stdout).toContain("inception eval runs/import/googlenet-1 --data");
  });

  test("refuses with exit 7, every fault on a line", { timeout: 60_000 }, () => {
    const { status, stdout, stderr } = inception("import broken.safetensors -o nothing");
    expect([status, stdout, existsSync(join(folder, "nothing"))]).toEqual([7, "", false]);
    expect(stderr).toMatch(/^missing +conv2\.bn\.bias \(Conv2d_2b_1x1\/batchNorm\/beta\)$/m);
    expect(stderr).toMatch(/^left over +more$/m);
    expect(stderr).toMatch(/^error: broken\.safetensors is not whole as googlenet of torchvision/m);
  });

  test("refuses what is no file of weights", { timeout: 60_000 }, () => {
    expect(inception("import names.txt").status).toBe(7);
    expect(inception("import missing.pth").status).toBe(7);
  });
});

describe("inception export", () => {
  test("gives back what was imported, bit for bit, both in documents of their schemas", { timeout: 60_000 }, () => {
    const imported = readPrinted(
      "inception.import/1",
      inception("import googlenet.safetensors -o model --json").stdout,
    );
    expect(imported).toMatchObject({ format: "safetensors", source: "torchvision", missing: [], leftOver: [] });
    const { stdout } = inception("export model --format torchvision -o back.safetensors --json");
    expect(readPrinted("inception.export/2", stdout)).toMatchObject({ format: "torchvision", remarks: [], step: 0 });
    const back = readWeightsFile(join(folder, "back.safetensors")).tensors;
    expect([...back.keys()].sort()).toEqual([...tensors.keys()].sort());
    for (const [name, { data }] of tensors) expect(sameBits(back.get(name)!.data, data), name).toBe(true);
  });

  test("needs to be told for which program", () => {
    const { status, stderr } = inception("export model");
    expect([status, stderr]).toEqual([
      2,
      "error: --format is missing, expected one of onnx, inference, saved-model, tfjs, torchvision, timm, keras\n",
    ]);
  });
});
