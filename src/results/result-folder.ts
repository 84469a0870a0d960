// Where a result goes, so that it never takes the place of one over other pictures or under another protocol.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UserError } from "../errors.ts";
import type { Average } from "../evaluate/average.ts";
import type { Model } from "../evaluate/model.ts";
import { type SavedModel, type SavedProtocol, savedFiles, savedProtocolSchema } from "../evaluate/saved.ts";
import type { Shard } from "../evaluate/shard.ts";
import { resizeOf, type ViewedModel, viewOf } from "../evaluate/view.ts";
import type { JpegReduction } from "../images/jpeg-reduction.ts";
import type { Protocol } from "../images/protocols.ts";
import { runPaths } from "../run/paths.ts";

/** What of a request shows in a folder's name. */
export interface FolderChoice {
  readonly output?: string;
  readonly data?: string;
  readonly crops: Protocol;
  readonly average: Average;
  readonly precision: "auto" | "float32" | "bfloat16";
  readonly jpegReduction?: JpegReduction;
  readonly limit?: number;
  readonly backgroundClass?: boolean;
  readonly part?: Shard | undefined;
}

/** What a result is of, as far as that can be said before it is there. */
export interface Subject {
  readonly fingerprint: string;
  readonly protocol: Omit<SavedProtocol, "models"> & {
    readonly models: readonly Pick<SavedModel, "precision" | "resize">[];
  };
}

/** Of these models together over these pictures. */
export const subjectOf = <M extends Parameters<typeof resizeOf>[0]>(
  models: readonly M[],
  fingerprint: string,
  { crops, average, backgroundClass }: Pick<FolderChoice, "crops" | "average" | "backgroundClass">,
  precisionOf: (model: M) => SavedModel["precision"],
): Subject => ({
  fingerprint,
  protocol: {
    crops,
    average,
    ...(backgroundClass ? { background: true } : {}),
    models: models.map((model) => ({ precision: precisionOf(model), resize: resizeOf(model, crops) })),
  },
});

/**
 * In a folder that was given, one for each of several models; else `<run>/eval/step-N-kind` with what differs from the default, beside a
 * checkpoint outside of a run `<checkpoint>-eval/step-N-kind`. Pictures given with --data show by name and fingerprint, and so do a run's own
 * where they have changed since. Throws UserError("usage") where the folder holds a result over other pictures or under another protocol.
 */
export function resultFolder(
  model: Pick<Model, "path" | "step" | "kind"> & ViewedModel,
  subject: Subject,
  choice: FolderChoice,
  number?: number,
): string {
  const { fingerprint } = subject;
  const { path, step, kind } = model;
  const { output, data, crops, average, precision, jpegReduction, limit, backgroundClass, part } = choice;
  if (output !== undefined)
    return requireSame(number === undefined ? output : join(output, `model-${number}`), subject);
  const short = fingerprint.slice(0, 8);
  const name = [
    `step-${step}-${kind}`,
    ...(crops === "single" ? [] : [`${crops}crops`]),
    ...viewWords(model),
    ...(average === "logits" ? ["logits"] : []),
    ...(precision === "auto" ? [] : [precision]),
    ...(jpegReduction === undefined ? [] : [`jpeg-${jpegReduction}`]),
    ...(limit === undefined ? [] : [`limit${limit}`]),
    ...(backgroundClass ? ["foreground"] : []),
    ...(data === undefined ? [] : [wordOf(data), short]),
    ...(part ? [`shard${part.part}of${part.of}`] : []),
  ].join("-");
  const folder = join(rootOf(path), name);
  const stored = storedIn(folder);
  return requireSame(stored && stored.fingerprint !== fingerprint ? `${folder}-${short}` : folder, subject);
}

/** The folder itself. Throws UserError("usage") where it holds a result over other pictures or under another protocol. */
export function requireSame(folder: string, subject: Subject): string {
  const stored = storedIn(folder);
  const difference = stored && differenceOf(stored, subject);
  if (difference === undefined) return folder;
  throw new UserError("usage", `${folder} holds a result ${difference}, which would be lost`, {
    hint: "-o takes another folder; remove this one if its result is not needed",
  });
}

function differenceOf(
  { fingerprint, protocol: before }: Stored,
  { protocol: now, ...subject }: Subject,
): string | undefined {
  if (fingerprint !== subject.fingerprint) return "over other pictures";
  if (before === undefined) return undefined;
  const differ = (what: string, was: unknown, is: unknown): string | undefined =>
    was === is ? undefined : `under another protocol (${what} ${was}, now ${is})`;
  const [models, asked] = [before.models, now.models];
  return (
    differ("crops", before.crops, now.crops) ??
    differ("models", models.length, asked.length) ??
    (before.crops === "single" && models.length === 1
      ? undefined
      : differ("an average over", before.average, now.average)) ??
    differ("a background class", before.background ?? false, now.background ?? false) ??
    asked
      .map(
        ({ resize, precision }, i) =>
          differ("the view", models[i]!.resize, resize) ?? differ("in", models[i]!.precision, precision),
      )
      .find((difference) => difference !== undefined)
  );
}

function viewWords(model: ViewedModel): string[] {
  const { preset, fit, size, cropShare, interpolation } = viewOf(model);
  return [
    ...(preset === undefined ? [] : [preset]),
    ...(fit === undefined ? [] : [fit]),
    ...(size === undefined ? [] : [`${size}px`]),
    ...(cropShare === undefined ? [] : [`share${cropShare}`]),
    ...(interpolation === undefined ? [] : [interpolation]),
  ];
}

/** Seen from where the checkpoint's path is: relative where that is. */
function rootOf(checkpoint: string): string {
  const place = resolve(checkpoint);
  const run = dirname(dirname(place));
  const isOfRun = basename(dirname(place)) === "checkpoints" && existsSync(runPaths(run).info);
  const root = isOfRun ? join(run, "eval") : `${place}-eval`;
  return isAbsolute(checkpoint) ? root : relative("", root);
}

/** `photos/test.tar` as `test`. */
const wordOf = (data: string): string =>
  basename(data)
    .replace(/\.[a-z0-9.]+$/i, "")
    .replace(/[^\w]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 32) || "data";

type Stored = { readonly fingerprint: unknown; readonly protocol: SavedProtocol | undefined };

/** What is known of the result in a folder, whatever else is wrong with it. */
function storedIn(folder: string): Stored | undefined {
  try {
    const { fingerprint, protocol } = JSON.parse(readFileSync(join(folder, savedFiles.index), "utf8")) as Partial<
      Record<"fingerprint" | "protocol", unknown>
    >;
    return fingerprint === undefined
      ? undefined
      : { fingerprint, protocol: savedProtocolSchema.safeParse(protocol).data };
  } catch {
    return undefined;
  }
}
