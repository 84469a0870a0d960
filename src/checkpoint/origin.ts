// Where weights to start from lie: a checkpoint, the best one of a run, or imported ones by their name.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { weightsFolder } from "../cache-folder.ts";
import { UserError } from "../errors.ts";
import { publishedNamed } from "../published/weights.ts";
import { nodeFs } from "./files.ts";
import { type CheckpointState, manifestFile } from "./manifest.ts";
import { listCheckpoints } from "./store.ts";
import { readManifest } from "./verified.ts";

/** Weights of a checkpoint before they are read. */
export type Origin = {
  /** The checkpoint's folder. */
  readonly path: string;
  readonly step: number;
  /** The running average, where there is one. */
  readonly kind: "average" | "raw";
  /** Of the file of these weights. */
  readonly sha256: string;
  readonly state: CheckpointState;
};

/** The folders that imported weights of this name would have, which published weights' other names mean, too. */
const importedPlaces = (name: string): string[] =>
  plain.test(name) ? [name, publishedNamed(name)?.name ?? name].map((one) => join(weightsFolder(), one)) : [];

/** That of imported weights; undefined where there are none of this name. */
export const importedFolder = (name: string): string | undefined =>
  importedPlaces(name).find((path) => existsSync(path));

/** The command that imports published weights of this name; undefined where none are known. */
export const howToGet = (name: string): string | undefined => {
  const published = publishedNamed(name);
  return published && `inception weights get ${published.name}`;
};

/** The folder of the checkpoint that is meant, tried at each of the paths before the imported ones; undefined where there is none. */
export function findOrigin(name: string, paths: readonly string[]): string | undefined {
  for (const path of [...paths, ...importedPlaces(name)]) {
    if (existsSync(join(path, manifestFile))) return path;
    const found = bestOf(join(path, "checkpoints")) ?? bestOf(path);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** Names of what has been imported. */
export const importedNames = (): string[] => {
  const folder = weightsFolder();
  return existsSync(folder) ? readdirSync(folder).sort() : [];
};

const plain = /^[a-z0-9][a-z0-9._-]*$/i;

/** The one that validated best where it is known and still there, else the newest. */
function bestOf(folder: string): string | undefined {
  const places = listCheckpoints(folder);
  if (places.length === 0) return undefined;
  const step = readManifest(places[0]!.path, nodeFs).state.best?.step;
  return (places.find((place) => place.step === step) ?? places[0]!).path;
}

/** Throws UserError("checkpoint") where its manifest is damaged, and for a model for inference. */
export function readOrigin(path: string): Origin {
  const { step, state, files } = readManifest(path, nodeFs);
  if (state.folded)
    throw new UserError("checkpoint", `${path} is a model for inference, whose norms are folded into its kernels`, {
      hint: "training starts from a run, a checkpoint of one, or imported weights",
    });
  const kind = files["average.safetensors"] ? "average" : "raw";
  const file = files[kind === "average" ? "average.safetensors" : "weights.safetensors"];
  if (file === undefined) throw new UserError("checkpoint", `${join(path, manifestFile)} lists no weights`);
  return { path, step, kind, sha256: file.sha256, state };
}
