// Weights from elsewhere: read, or refused with the file's and the tensor's name.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { nodeFs } from "../../src/checkpoint/files.ts";
import { encode } from "../../src/checkpoint/safetensors.ts";
import { readWeightsFile } from "../../src/checkpoint/weights-file.ts";
import { UserError } from "../../src/errors.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-weights-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a sound file's tensors and metadata", () => {
  const path = join(folder, "model.safetensors");
  const tensors = new Map([["conv1.weight", { shape: [2], data: Float32Array.of(1, 0.5), stored: "BF16" as const }]]);
  writeFileSync(path, encode(tensors, { format: "pt" }));
  expect(readWeightsFile(path)).toEqual({ tensors, metadata: new Map([["format", "pt"]]) });
});

const header = (text: string): Uint8Array => {
  const bytes = Buffer.alloc(8 + text.length + 1);
  bytes.writeBigUInt64LE(BigInt(text.length));
  bytes.write(text, 8);
  return bytes;
};

test.each<[string, Uint8Array, RegExp]>([
  ["no safetensors at all", Buffer.from("PK\u0003\u0004 a pickle of PyTorch's"), /not a sound safetensors file/],
  ["an empty one", new Uint8Array(0), /at least 8 bytes, got 0/],
  [
    "a type that weights do not have",
    header('{"fc.mask":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]}}'),
    /"fc.mask": dtype/,
  ],
])("%s is exit 7 and names the file", (_, bytes, problem) => {
  const path = join(folder, "model.safetensors");
  writeFileSync(path, bytes);
  const thrown = thrownBy(() => readWeightsFile(path));
  expect(thrown).toMatchObject({ reason: "foreignWeights", exitCode: 7 });
  expect(thrown.message).toMatch(problem);
  expect(thrown.message).toContain(path);
});

test("so are a path where nothing lies, and a folder", () => {
  expect(thrownBy(() => readWeightsFile(join(folder, "none")))).toMatchObject({
    exitCode: 7,
    message: `${join(folder, "none")}: there is no such file`,
  });
  expect(thrownBy(() => readWeightsFile(folder))).toMatchObject({
    exitCode: 7,
    message: expect.stringContaining("a folder"),
  });
});

test("a machine in trouble is an I/O error", () => {
  const failing = {
    ...nodeFs,
    read: () => {
      throw Object.assign(new Error("EIO: injected"), { code: "EIO" });
    },
  };
  expect(thrownBy(() => readWeightsFile("model.safetensors", failing))).toMatchObject({ reason: "io" });
});

function thrownBy(read: () => unknown): UserError {
  try {
    read();
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}
