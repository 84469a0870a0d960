// A file of weights of another program, recognised by what is in it; a folder or a checkpoint's prefix by the files there.
import { readdirSync, readFileSync, type Stats, statSync } from "node:fs";
import { basename, join } from "node:path";
import { explainIoError } from "../../io-error.ts";
import type { ForeignFile } from "../foreign.ts";
import { type ByteSource, withSource } from "./byte-source.ts";
import { readCaffe } from "./caffe.ts";
import { isKerasZip, readKeras, readKerasZip } from "./keras.ts";
import { readTorchLegacy, readTorchZip } from "./pytorch.ts";
import { refused } from "./refused.ts";
import { readSafetensors } from "./safetensors.ts";
import { isTable } from "./sstable.ts";
import { readTarball } from "./tarball.ts";
import { readBundle, readSlices } from "./tensorflow.ts";
import { readTfjs } from "./tfjs.ts";
import { withZip } from "./zip.ts";

/**
 * The tensors of a file that PyTorch, Keras, TensorFlow, TensorFlow.js or Caffe wrote, or of a .safetensors file; of a folder with a
 * SavedModel, a checkpoint or a model.json; of a checkpoint by its prefix; of any of them in a .tar.gz. Throws UserError("foreignWeights") in one sentence that
 * names the file, and the tensor where it is one's fault; ("io") where the machine fails to read.
 */
export async function readForeign(path: string): Promise<ForeignFile> {
  const file = fileOf(path);
  return withSource(file, (source) => {
    const head = Buffer.from(source.read(0, Math.min(source.size, headBytes)));
    const form = forms.find(({ is }) => is(head, source));
    if (form === undefined) throw unknown(file);
    return form.read(source);
  });
}

/** The file to begin with: itself, the one in a folder, or the index of a checkpoint. */
function fileOf(path: string): string {
  const stat = statOf(path);
  if (stat?.isDirectory()) return fileIn(path);
  if (stat !== undefined && !stat.isFile()) throw refused(path, "it is neither a file nor a folder");
  const prefix = stat === undefined ? path : /^(.*)\.data-\d{5}-of-\d{5}$/.exec(path)?.[1];
  const index = `${prefix}.index`;
  return prefix !== undefined && statOf(index)?.isFile() ? index : path;
}

function fileIn(folder: string): string {
  const inside = asked(folder, () => readdirSync(folder));
  if (inside.includes("model.json")) return join(folder, "model.json");
  if (inside.includes("saved_model.pb")) return join(folder, "variables", "variables.index");
  const newest = newestIn(join(folder, "checkpoint"));
  if (newest !== undefined) return fileOf(join(folder, newest));
  const indexes = inside.filter((name) => name.endsWith(".index"));
  if (indexes.length === 1) return join(folder, indexes[0]!);
  throw refused(
    folder,
    `it is a folder with ${indexes.length} files .index, expected one, or a saved_model.pb or model.json`,
  );
}

/** What a checkpoint's state says is the newest; where it was written may be another machine. */
function newestIn(state: string): string | undefined {
  if (!statOf(state)?.isFile()) return undefined;
  const text = asked(state, () => readFileSync(state, "utf8"));
  const path = /^model_checkpoint_path: "([^"\p{Cc}]+)"$/mu.exec(text)?.[1];
  return path && basename(path);
}

const statOf = (path: string): Stats | undefined => asked(path, () => statSync(path, { throwIfNoEntry: false }));

function asked<T>(path: string, call: () => T): T {
  try {
    return call();
  } catch (error) {
    throw explainIoError(error, "cannot read", path);
  }
}

const headBytes = 64;

type Form = {
  readonly is: (head: Buffer, source: ByteSource) => boolean;
  readonly read: (source: ByteSource) => ForeignFile | Promise<ForeignFile>;
};

const begins =
  (...bytes: number[]) =>
  (head: Buffer): boolean =>
    bytes.every((byte, index) => head[index] === byte);

const brace = "{".charCodeAt(0);

const forms: readonly Form[] = [
  { is: begins(0x50, 0x4b, 3, 4), read: readZip },
  { is: begins(0x1f, 0x8b), read: ({ file }) => readTarball(file, readForeign) },
  {
    is: begins(0x89, 0x48, 0x44, 0x46, 13, 10, 26, 10),
    read: ({ read, size, file }) => readKeras(read(0, size), file),
  },
  { is: (head) => head[0] === 0x80 && head[2] === 0x8a && head[3] === 10, read: readTorchLegacy },
  // Eight bytes of a length, least one first, before the brace; there is no zero in JSON.
  { is: (head) => head[7] === 0 && head[8] === brace, read: ({ file }) => readSafetensors(file) },
  { is: (head) => /^\s*{/.test(head.toString("latin1")), read: readTfjs },
  { is: (_, source) => isTable(source) && source.file.endsWith(".index"), read: readBundle },
  { is: (_, source) => isTable(source), read: readSlices },
  // A NetParameter begins with its name, or with a layer of the first or second generation.
  { is: (head) => begins(0x0a)(head) || begins(0x12)(head) || begins(0xa2, 0x06)(head), read: readCaffe },
];

function readZip(source: ByteSource): Promise<ForeignFile> {
  const { file } = source;
  return withZip(source, (zip) => {
    if (isKerasZip(zip)) return readKerasZip(zip, file);
    if (zip.names.some((name) => name.endsWith("/data.pkl"))) return readTorchZip(zip, file);
    throw unknown(file);
  });
}

const unknown = (file: string): Error =>
  refused(file, "its content is none of the formats of weights that are known here", {
    hint:
      "expected weights of PyTorch (.pth), Keras (.h5, .keras), TensorFlow (a checkpoint or SavedModel), TensorFlow.js " +
      "(model.json), Caffe (.caffemodel), or .safetensors",
  });
