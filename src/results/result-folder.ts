// Where a result goes, so that it never takes the place of one over other pictures.
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, isAbsolute, join, relative, resolve } from "node:path";
import { UserError } from "../errors.ts";
import type { Average } from "../evaluate/average.ts";
import type { Model } from "../evaluate/model.ts";
import { savedFiles } from "../evaluate/saved.ts";
import { type ViewedModel, viewOf } from "../evaluate/view.ts";
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
}

/**
 * In a folder that was given, one for each of several models; else `<run>/eval/step-N-kind` with what differs from the default, beside a
 * checkpoint outside of a run `<checkpoint>-eval/step-N-kind`. Pictures given with --data show by name and fingerprint, and so do a run's own
 * where they have changed since. Throws UserError("usage") where the folder given holds a result over other pictures.
 */
export function resultFolder(
  model: Pick<Model, "path" | "step" | "kind"> & ViewedModel,
  fingerprint: string,
  choice: FolderChoice,
  number?: number,
): string {
  const { path, step, kind } = model;
  const { output, data, crops, average, precision, jpegReduction, limit, backgroundClass } = choice;
  if (output !== undefined)
    return requireSamePictures(number === undefined ? output : join(output, `model-${number}`), fingerprint);
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
  ].join("-");
  const folder = join(rootOf(path), name);
  return holdsOther(folder, fingerprint) ? `${folder}-${short}` : folder;
}

/** The folder itself. Throws UserError("usage") where it holds a result over other pictures. */
export function requireSamePictures(folder: string, fingerprint: string): string {
  if (!holdsOther(folder, fingerprint)) return folder;
  throw new UserError("usage", `${folder} holds a result over other pictures, which would be lost`, {
    hint: "-o takes another folder; remove this one if its result is not needed",
  });
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

function holdsOther(folder: string, fingerprint: string): boolean {
  const stored = fingerprintIn(join(folder, savedFiles.index));
  return stored !== undefined && stored !== fingerprint;
}

function fingerprintIn(index: string): unknown {
  try {
    return (JSON.parse(readFileSync(index, "utf8")) as { fingerprint?: unknown }).fingerprint;
  } catch {
    return undefined;
  }
}
