// One model over all pictures of a listing, under one protocol; interrupted, it goes on where it stopped.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { UserError } from "../errors.ts";
import type { Kernels } from "../graph/kernels.ts";
import { croppedPictures } from "../images/cropped-pictures.ts";
import { startDecoders } from "../images/decoders.ts";
import { cropCounts, nestedCounts, type Protocol } from "../images/protocols.ts";
import type { Listing } from "../images/sources/source.ts";
import { threads } from "../runtime/threads.ts";
import type { Average } from "./average.ts";
import { type Journal, openJournal } from "./journal.ts";
import type { Model } from "./model.ts";
import { arithmeticOf, evaluatorOf, kernelsOf } from "./model-evaluator.ts";
import { digestOf, type Saved, type SavedShard } from "./saved.ts";
import { type Scored, scoreCrops } from "./score-crops.ts";
import { resizeOf, shareAndInterpolation } from "./view.ts";

export interface PictureEvaluationOptions {
  readonly protocol: Protocol;
  readonly average: Average;
  readonly precision: "float32" | "bfloat16";
  readonly batch: number;
  /** Where the progress is kept. */
  readonly folder: string;
  /** Called for an unreadable picture, in order; what it throws ends the evaluation, otherwise the picture is rejected. */
  readonly onBad: (failure: { name: string; reason: string }) => void;
  readonly onProgress: (progress: Progress) => void;
  readonly signal: AbortSignal;
  /** Where the listing is a part of the pictures. */
  readonly shard?: PartOfWhole | undefined;
}
export type PartOfWhole = Pick<SavedShard, "part" | "of" | "first" | "listed" | "fingerprint" | "background">;
/** In crops. `before` were done in earlier sittings, `sitting` in this one. */
export interface Progress {
  readonly before: number;
  readonly sitting: number;
  readonly total: number;
  /** Of this sitting, without start-up. */
  readonly seconds: number;
}
export interface Evaluation {
  /** Undefined when it was stopped before the end. */
  readonly saved: Omit<Saved, "path"> | undefined;
  /** Pictures done, the rejected ones among them. */
  readonly done: number;
  readonly speed: { readonly crops: number; readonly seconds: number };
  /** Still open: to be removed when the result is written, or closed. */
  readonly journal: Journal;
}

/** Throws UserError("data") when no picture could be read, ("diverged") for logits that are not finite, and what `onBad` throws; what was done until then is kept. */
export async function evaluatePictures(
  model: Model,
  listing: Listing,
  options: PictureEvaluationOptions,
): Promise<Evaluation> {
  const { protocol, batch, shard } = options;
  const subsets = subsetsOf(protocol, shard?.listed ?? listing.items.length, model.classes.length);
  const kernels = await kernelsOf(model, options);
  const weights = weightsDigest(model);
  const keyFor = (fingerprint: string): string => keyOf(model, { ...options, fingerprint, subsets, weights });
  const journal = await openJournal(options.folder, keyFor(listing.fingerprint));
  const part = shard && { ...shard, batch, weights, key: keyFor(shard.fingerprint) };
  const entries: Scored[] = [];
  const take = (entry: Scored): void => {
    if ("reason" in entry) options.onBad({ name: listing.items[entry.index]!.name, reason: entry.reason });
    entries.push(entry);
  };
  let speed = { crops: 0, seconds: 0 };
  try {
    for (const entry of journal.earlier) take(entry);
    if (entries.length < listing.items.length)
      speed = await scoreRest(
        model,
        listing,
        { ...options, ...(kernels && { kernels }), subsets, earlier: journal.earlier },
        (entry) => {
          take(entry);
          journal.append(entry);
        },
      );
    const isWhole = entries.length === listing.items.length;
    const found = isWhole
      ? collect(model, listing, { ...options, ...(kernels && { kernels }) }, subsets, entries)
      : undefined;
    const saved = found && part ? { ...found, shard: part } : found;
    return { saved, done: entries.length, speed, journal };
  } catch (error) {
    journal.close();
    throw error;
  }
}

type Computed = PictureEvaluationOptions & { readonly kernels?: Kernels };
type Rest = Computed & { readonly subsets: readonly number[]; readonly earlier: readonly Scored[] };

async function scoreRest(
  model: Model,
  listing: Listing,
  { earlier, onProgress, ...options }: Rest,
  record: (entry: Scored) => void,
): Promise<Evaluation["speed"]> {
  const { path, size, preset, choice, preprocessing } = model;
  const crops = cropCounts[options.protocol];
  const before = crops * earlier.filter((entry) => !("reason" in entry)).length;
  const total = before + crops * (listing.items.length - earlier.length);
  const evaluator = await evaluatorOf(model, options);
  const decoders = startDecoders(threads());
  const speed = { crops: 0, seconds: 0 };
  try {
    const start = performance.now();
    const onBatch = (sitting: number): void => {
      Object.assign(speed, { crops: sitting, seconds: (performance.now() - start) / 1000 });
      onProgress({ before, sitting, total, seconds: speed.seconds });
    };
    const pictures = croppedPictures({
      ...options,
      decoders,
      listing,
      preset,
      jpegReduction: preprocessing.jpegReduction,
      choice,
      size,
      start: earlier.length,
    });
    for await (const entry of scoreCrops({
      ...options,
      model: path,
      evaluator,
      pictures,
      size,
      crops,
      before,
      onBatch,
    }))
      record(entry);
    return speed;
  } finally {
    await Promise.all([evaluator.close(), decoders.close()]);
  }
}

/** Averages over the first crops are kept where all of them take no more than this. */
const mostGainBytes = 256 * 2 ** 20;

function subsetsOf(protocol: Protocol, pictures: number, classes: number): number[] {
  const subsets = protocol === "single" ? [] : nestedCounts.filter((count) => count <= cropCounts[protocol]);
  return subsets.length * pictures * classes * Float32Array.BYTES_PER_ELEMENT <= mostGainBytes ? subsets : [];
}

type Decisive = Pick<PictureEvaluationOptions, "protocol" | "average" | "precision" | "batch"> & {
  readonly fingerprint: string;
  readonly subsets: readonly number[];
  readonly weights: string;
};

/** Everything on which a result depends to the last bit, beside the arithmetic, in 64 characters. */
function keyOf(model: Model, { fingerprint, protocol, average, precision, batch, subsets, weights }: Decisive): string {
  const { options, size, choice, preprocessing, classes } = model;
  const resize = resizeOf(model, protocol);
  return createHash("sha256")
    .update(
      JSON.stringify({
        options,
        preprocessing,
        size,
        choice,
        classes,
        fingerprint,
        protocol,
        resize,
        average,
        precision,
        batch,
        subsets,
        weights,
      }),
    )
    .digest("hex");
}

function weightsDigest({ weights, onnx, path }: Model): string {
  const hash = createHash("sha256");
  if (onnx) hash.update(readFileSync(path));
  for (const [name, { data }] of weights)
    hash.update(name).update(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
  return hash.digest("hex");
}

function collect(
  model: Model,
  { items, fingerprint }: Listing,
  { protocol, average, precision, kernels }: Computed,
  subsets: readonly number[],
  entries: readonly Scored[],
): Omit<Saved, "path"> {
  const good = entries.flatMap((entry) => ("reason" in entry ? [] : [entry]));
  if (good.length === 0) throw new UserError("data", `none of the ${items.length} pictures listed could be read`);
  const { path, step, kind, options, size, preset, choice, classes, chosen } = model;
  const resize = resizeOf(model, protocol);
  const gains = joined(good.flatMap((entry) => entry.subsets));
  const logits = joined(good.map((entry) => entry.logits));
  return {
    classes,
    names: good.map(({ index }) => items[index]!.name),
    labels: Int32Array.from(good, ({ index }) => items[index]!.label),
    logits,
    ...(subsets.length > 0 ? { gains: { crops: subsets, logits: gains } } : {}),
    digests: good.map(({ digest }) => digest),
    fingerprint,
    listed: items.length,
    rejected: entries.flatMap((entry) =>
      "reason" in entry ? [{ name: items[entry.index]!.name, reason: entry.reason }] : [],
    ),
    protocol: {
      crops: protocol,
      average,
      models: [
        {
          path,
          step,
          weights: kind,
          network: options.name,
          size,
          ...(protocol === "single"
            ? { preset, ...(choice?.fit && { fit: choice.fit.name }), ...shareAndInterpolation(choice ?? {}) }
            : {}),
          precision,
          resize,
          digest: digestOf(logits),
          ...(chosen ? { chosenHere: true } : {}),
          ...(model.trainedHere ? { trainedHere: model.trainedHere } : {}),
          arithmetic: arithmeticOf(model, precision, kernels),
        },
      ],
    },
  };
}

function joined(rows: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(rows.reduce((sum, { length }) => sum + length, 0));
  let offset = 0;
  for (const row of rows) {
    all.set(row, offset);
    offset += row.length;
  }
  return all;
}
