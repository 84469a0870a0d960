// An evaluation on disk: every picture's averaged logits and an index that says which pictures, which models and how.
import { createHash } from "node:crypto";
import { join } from "node:path";
import { z } from "zod";
import { type FsPort, makeFolderDurably, nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { parseJson } from "../checkpoint/json.ts";
import { decode, encode, type Tensor, type TensorData, type Tensors } from "../checkpoint/safetensors.ts";
import { UserError } from "../errors.ts";
import { errorCode, explainIoError } from "../io-error.ts";
import type { Scores } from "../statistics/scores.ts";
import { requireFiniteScores } from "./finite.ts";

/** What one evaluation found, and how. */
export interface EvaluationScores extends Scores {
  /** Of the pictures listed: results with the same one are about the same pictures. */
  readonly fingerprint: string;
  /** Of each picture's file, 16 hexadecimal digits of its SHA-256; results from before they were kept lack them. */
  readonly digests?: readonly string[];
  readonly listed: number;
  /** listed = names.length + rejected.length. */
  readonly rejected: readonly { readonly name: string; readonly reason: string }[];
  readonly protocol: SavedProtocol;
  /** The classes of the set, where it has only some of the model's. */
  readonly subset?: readonly string[];
  /** What the first crops alone would have given; absent for a single crop and where it would be too large. */
  readonly gains?: Gains;
  /** Where it is a part of the pictures alone: `fingerprint` and `listed` are then of the part. */
  readonly shard?: SavedShard;
}
/** The same, stored in the folder `path`. */
export interface Saved extends EvaluationScores {
  readonly path: string;
}
export type SavedProtocol = z.output<typeof savedProtocolSchema>;
export type SavedModel = SavedProtocol["models"][number];
export type SavedShard = z.output<typeof shardSchema>;

/**
 * Averages over the first `crops[i]` crops of every picture, for a curve of error over crops: [pictures, crops.length, classes]. Protocols are
 * nested (the first 10 crops of 144 are those of protocol 10, and so on). Pictures are in the order of `names`.
 */
export interface Gains {
  readonly crops: readonly number[];
  readonly logits: Float32Array;
}

const count = z.int().min(0);
const modelSchema = z.object({
  path: z.string(),
  step: count,
  weights: z.enum(["average", "raw"]),
  network: z.string(),
  size: count,
  /** Of a single crop: the fit where the whole picture is seen, the last two where they are not the preset's. */
  preset: z.string().optional(),
  fit: z.string().optional(),
  cropShare: z.number().optional(),
  interpolation: z.string().optional(),
  precision: z.enum(["float32", "bfloat16"]),
  /** How pictures were brought to the network's size, in one sentence. */
  resize: z.string(),
  /** Digest of its own logits over these pictures: what tells one result from another, whatever their folders are called. */
  digest: z.string(),
  /** True where it is the checkpoint that validated best on these very pictures. */
  chosenHere: z.boolean().optional(),
  /** How many of the pictures it was trained on. */
  trainedHere: count.optional(),
  /** runtime/arithmetic.ts, of the sitting that ended the evaluation. */
  arithmetic: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
});
export const savedProtocolSchema = z.object({
  /** `single`, `10`, `12`, `36` or `144`. */
  crops: z.string(),
  average: z.enum(["probabilities", "logits"]),
  /** True where the models have a background class that was dropped. */
  background: z.boolean().optional(),
  /** More than one: the average over models of their averages over crops. */
  models: z.array(modelSchema).min(1),
});
const shardSchema = z.object({
  part: count.min(1),
  of: count.min(1),
  /** Number of its first picture among all those listed. */
  first: count,
  /** Of all pictures. */
  listed: count,
  fingerprint: z.string(),
  /** Crops at a time. */
  batch: count,
  /** Whether the background class, which the logits here still have, is to be dropped. */
  background: z.boolean(),
  /** Digest of the weights. */
  weights: z.string(),
  /** Digest of all that the whole result depends on to the last bit, beside the arithmetic: shards with the same one are of one result. */
  key: z.string(),
});
const schema = "inception.saved/2";
export const indexSchema = z.object({
  schema: z.literal(schema),
  /** Of logits.safetensors, so that two files of different evaluations are never taken for one. */
  sha256: z.string(),
  fingerprint: z.string(),
  listed: count,
  rejected: z.array(z.object({ name: z.string(), reason: z.string() })),
  protocol: savedProtocolSchema,
  gains: z.array(count).optional(),
  subset: z.array(z.string()).min(1).optional(),
  shard: shardSchema.optional(),
  classes: z.array(z.string()).min(1),
  names: z.array(z.string()),
  digests: z.array(z.string()).optional(),
});
type Index = z.output<typeof indexSchema>;

export const savedFiles = { tensors: "logits.safetensors", index: "index.json" } as const;

/**
 * Writes `logits.safetensors` (float32 `logits` [pictures, classes], int32 `labels` [pictures] and, where there are gains, float32
 * `gains` [pictures, subsets, classes]), then `index.json`. An interrupted write leaves the old result or one that is refused when read.
 */
export function writeSaved(folder: string, saved: EvaluationScores, fs: FsPort = nodeFs): void {
  const { classes, names, labels, logits, gains, fingerprint, digests, listed, rejected, protocol, subset, shard } =
    saved;
  const tensors = new Map<string, Tensor>([
    ["logits", { shape: [names.length, classes.length], data: logits }],
    ["labels", { shape: [names.length], data: labels }],
  ]);
  if (gains) tensors.set("gains", { shape: [names.length, gains.crops.length, classes.length], data: gains.logits });
  const bytes = encode(tensors);
  const index: Index = {
    schema,
    sha256: sha256(bytes),
    fingerprint,
    listed,
    rejected: [...rejected],
    protocol,
    ...(gains ? { gains: [...gains.crops] } : {}),
    ...(subset ? { subset: [...subset] } : {}),
    ...(shard ? { shard } : {}),
    classes: [...classes],
    names: [...names],
    ...(digests ? { digests: [...digests] } : {}),
  };
  makeFolderDurably(fs, folder);
  replaceDurably(fs, join(folder, savedFiles.tensors), bytes);
  replaceDurably(fs, join(folder, savedFiles.index), `${JSON.stringify(index, null, 1)}\n`);
}

/** Throws UserError("data") when `folder` holds no stored result, or a damaged one, ("diverged") where a logit is not finite. */
export function readSaved(folder: string, fs: FsPort = nodeFs): Saved {
  const index = readIndex(join(folder, savedFiles.index), folder, fs);
  const file = join(folder, savedFiles.tensors);
  const bytes = readFile(file, folder, fs);
  if (sha256(bytes) !== index.sha256) throw damaged(file, "it is not the file that index.json was written with");
  const { tensors } = decode(bytes, file);
  const { classes, names, gains, fingerprint, digests, listed, rejected, protocol, subset, shard } = index;
  const take = (name: string, shape: number[]): TensorData => tensorOf(tensors, name, shape, file);
  const labels = take("labels", [names.length]) as Int32Array;
  const logits = take("logits", [names.length, classes.length]) as Float32Array;
  const gained = gains && (take("gains", [names.length, gains.length, classes.length]) as Float32Array);
  for (const values of [logits, gained]) if (values) requireFiniteScores(folder, { names, logits: values });
  const wrong = labels.find((label) => label < 0 || label >= classes.length);
  if (wrong !== undefined) throw damaged(file, `the label ${wrong} is not one of its ${classes.length} classes`);
  if (digests && digests.length !== names.length)
    throw damaged(join(folder, savedFiles.index), `it has ${digests.length} digests of ${names.length} pictures`);
  if (subset) requireSubset(subset, { classes, labels }, join(folder, savedFiles.index));
  return {
    path: folder,
    classes,
    names,
    labels,
    logits,
    fingerprint,
    listed,
    rejected,
    protocol,
    ...(digests ? { digests } : {}),
    ...(subset ? { subset } : {}),
    ...(shard ? { shard } : {}),
    ...(gains && gained ? { gains: { crops: gains, logits: gained } } : {}),
  };
}

/** The first picture that two results over the same names read other bytes of; undefined where there is none, or it is not known. */
export const otherBytes = (a: EvaluationScores, b: EvaluationScores): string | undefined =>
  a.digests && b.digests && a.names.find((_, i) => a.digests![i] !== b.digests![i]);

/** What tells one model's logits over the same pictures from another's. */
export const digestOf = ({ buffer, byteOffset, byteLength }: Float32Array): string =>
  sha256(new Uint8Array(buffer, byteOffset, byteLength)).slice(0, 16);

function requireSubset(
  subset: readonly string[],
  { classes, labels }: Pick<Scores, "classes" | "labels">,
  file: string,
): void {
  const within = new Set(subset.map((name) => classes.indexOf(name)));
  if (within.has(-1) || labels.some((label) => !within.has(label)))
    throw damaged(file, "its subset has other classes than it or than its pictures");
}

function readIndex(file: string, folder: string, fs: FsPort): Index {
  let value: unknown;
  try {
    value = parseJson(Buffer.from(readFile(file, folder, fs)).toString());
  } catch (error) {
    if (error instanceof SyntaxError) throw damaged(file, error.message);
    throw error;
  }
  const result = indexSchema.safeParse(value);
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw damaged(file, `${path.join(".")}: ${message}`);
  }
  return result.data;
}

function readFile(file: string, folder: string, fs: FsPort): Uint8Array {
  try {
    return fs.read(file);
  } catch (error) {
    if (["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? ""))
      throw new UserError("data", `${folder} holds no stored result: ${file} is missing`, {
        hint: "give the folder that `inception eval` wrote, such as runs/train/quickstart-1/eval/step-240-average",
      });
    throw explainIoError(error, "cannot read", file);
  }
}

function tensorOf(tensors: Tensors, name: string, shape: readonly number[], file: string): TensorData {
  const tensor = tensors.get(name);
  const type = name === "labels" ? Int32Array : Float32Array;
  if (!tensor || `${tensor.shape}` !== `${shape}` || !(tensor.data instanceof type))
    throw damaged(file, `expected ${name} of shape [${shape}], got ${tensor ? `[${tensor.shape}]` : "none"}`);
  return tensor.data;
}

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const damaged = (file: string, problem: string): UserError =>
  new UserError("data", `${file} is damaged: ${problem}`, { hint: "evaluate again" });
