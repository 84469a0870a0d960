// A checkpoint of the smallest network there is, whole as training leaves one, and the means to change it as a stranger could: sealed anew.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileOf, manifestFile, type Part, sha256 } from "../../src/checkpoint/manifest.ts";
import type { CheckpointState } from "../../src/checkpoint/state.ts";
import type { Checkpoint, CheckpointFiles } from "../../src/checkpoint/store.ts";
import { variablesOf } from "../../src/checkpoint/variables.ts";
import { experimentSchema } from "../../src/config/schema.ts";
import { sizeOf } from "../../src/interpret/parameters.ts";
import { preprocessingSchema } from "../../src/network/preprocessing.ts";

export const size = 32;
export const classes = ["cat", "dog"];
/** 16 filters everywhere. */
export const experiment = experimentSchema.parse({
  network: { name: "bn-inception", width: 0.01, stem: "conv7x7", stemStride: 1, stemPool: false },
  data: { train: "photos", size },
});
const network = { ...experiment.network, classes: classes.length };
const state: CheckpointState = {
  experiment,
  network,
  preprocessing: preprocessingSchema.parse({ size, preset: "tf" }),
  classes,
  epoch: 1,
  batchInEpoch: 0,
  best: { step: 7, top1: 0.5 },
  validated: 7,
};

type Tensors = CheckpointFiles["weights"];

/** One for each variable of the network, of one value, under names that begin with `prefix`. */
export const tensorsFor = (
  of: Pick<CheckpointState, "network" | "preprocessing">,
  value: number,
  prefix = "",
): Tensors =>
  new Map(
    variablesOf(of)
      .filter(({ trainable }) => prefix === "" || trainable)
      .map((variable) => [
        `${prefix}${variable.name}`,
        { shape: variable.shape, data: new Float32Array(sizeOf(variable)).fill(value) },
      ]),
  );

export const suitable: Checkpoint = {
  step: 7,
  files: { weights: tensorsFor(state, 0.5), optimizer: tensorsFor(state, 0, "momentum/") },
  state,
};

type Manifest = { state: unknown; files: unknown; sha256?: string };

/** Seals a manifest, whatever it says. */
export function writeManifest(path: string, { sha256: _, ...body }: Manifest): void {
  const seal = sha256(JSON.stringify(body, null, 2));
  writeFileSync(join(path, manifestFile), `${JSON.stringify({ ...body, sha256: seal }, null, 2)}\n`);
}

export const readText = (path: string): string => readFileSync(join(path, manifestFile), "utf8");

/** The manifest with one value changed, at a dotted path; undefined takes it away. */
export function setIn(path: string, key: string, value: unknown): void {
  const manifest = JSON.parse(readText(path)) as Manifest;
  const keys = key.split(".");
  const last = keys.pop()!;
  let at: unknown = manifest;
  for (const one of keys) at = Reflect.get(at as object, one);
  if (value === undefined) Reflect.deleteProperty(at as object, last);
  else Object.defineProperty(at as object, last, { value, enumerable: true, configurable: true });
  writeManifest(path, manifest);
}

/** The manifest's text changed, its seal that of what it says then, as far as that can be told. */
export function rewriteText(path: string, change: (text: string) => string): void {
  const text = change(readText(path).replace(/,\n {2}"sha256": "[0-9a-f]{64}"\n}\n$/, "\n}"));
  const seal = sha256(text);
  writeFileSync(join(path, manifestFile), text.replace(/\n}$/, `,\n  "sha256": "${seal}"\n}\n`));
}

/** Other bytes in the place of a file, which the manifest then says. */
export function setBytes(path: string, part: Part, bytes: Uint8Array): void {
  writeFileSync(join(path, fileOf(part)), bytes);
  const manifest = JSON.parse(readText(path)) as { files: Record<string, unknown>; state: unknown };
  manifest.files[fileOf(part)] = { bytes: bytes.length, sha256: sha256(bytes) };
  writeManifest(path, manifest);
}

type Header = Record<string, { dtype: unknown; shape: unknown; data_offsets: unknown }>;

/** The header of the weights changed, as a value or as text. */
export function setHeader(path: string, change: (header: Header) => object | string): void {
  const bytes = readFileSync(join(path, fileOf("weights")));
  const start = 8 + Number(bytes.readBigUInt64LE(0));
  const changed = change(JSON.parse(bytes.subarray(8, start).toString()) as Header);
  const text = Buffer.from(typeof changed === "string" ? changed : JSON.stringify(changed));
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(text.length));
  setBytes(path, "weights", Buffer.concat([length, text, bytes.subarray(start)]));
}
