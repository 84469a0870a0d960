// A model written in another form: it gets its name only when what was written has given the model's own logits.
import { statSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { nodeFs, removeQuietly, syncFolder } from "../checkpoint/files.ts";
import { asStored, outputsOf } from "../checkpoint/storage.ts";
import { UserError } from "../errors.ts";
import type { Model } from "../evaluate/model.ts";
import { foldBatchNorm } from "../graph/fold-batch-norm.ts";
import type { NamedTensors } from "../graph/state.ts";
import { variables } from "../interpret/parameters.ts";
import { explainIoError } from "../io-error.ts";
import type { Layer } from "../network/layer.ts";
import type { ModelForm, Storage } from "../published/choices.ts";
import type { Runner, Writing } from "./form.ts";
import { forms } from "./forms.ts";
import { type Difference, differenceOf, ownLogits, requireParity, runnersLogits } from "./parity.ts";
import type { CheckPictures } from "./pictures.ts";

export interface ExportedModel {
  readonly bytes: number;
  /** Between what was written and the model, with its kernels as they are stored. */
  readonly parity: Difference & { readonly allowed: number };
  /** Between what was written and the model as it is; undefined where its kernels are stored as they are. */
  readonly cost: Difference | undefined;
  /** What the form has not, or computes otherwise: a sentence each. */
  readonly remarks: readonly string[];
}

export interface ExportRequest extends Writing {
  readonly form: ModelForm;
  /** Of the file or folder. */
  readonly path: string;
  /** How far logits may be apart; where left out, as far as rounding takes them. */
  readonly tolerance?: number | undefined;
  /** In the place of what lies there. */
  readonly force: boolean;
}

/** Throws UserError("usage") for what the form has not, or where something lies at `path`; ("checkFailed") where the two do not agree. */
export async function exportModel(
  model: Model,
  pictures: CheckPictures,
  { form: name, path, force, tolerance, ...writing }: ExportRequest,
): Promise<ExportedModel> {
  requireWeights(model);
  const form = forms[name];
  requireOffered(name, "storage", form.storages, writing.storage);
  requireOffered(name, "preprocessing", form.pixels, writing.pixels);
  if (writing.demo && !form.hasDemo)
    throw new UserError("usage", `--format ${name} has no --demo, --format tfjs has one`);
  requireFree(path, force);
  const temporary = join(nearestFolder(dirname(path)), `${basename(path)}.tmp-${process.pid}`);
  try {
    nodeFs.remove(temporary);
    const remarks = await form.write(model, temporary, writing);
    const exported = await closing(await form.open(temporary, model), (runner) => runnersLogits(runner, pictures));
    const { network, weights } = form.folds ? foldBatchNorm(model.network) : asItIs(model);
    const full = weights(model.weights);
    const isWhole = writing.storage === "float32";
    const [stored, own] = await ownLogits(
      { ...model, network },
      isWhole ? [full] : [weightsAsStored(network, full, model.size, writing.storage), full],
      pictures,
    );
    const difference = differenceOf(exported, stored!);
    const allowed = requireParity(`${name} of ${model.path}`, [stored!, exported], difference, { tolerance, remarks });
    const bytes = bytesOf(temporary);
    putInPlace(temporary, path);
    return { bytes, parity: { ...difference, allowed }, cost: own && differenceOf(exported, own), remarks };
  } catch (error) {
    removeQuietly(nodeFs, temporary);
    throw explainIoError(error, "cannot write", path);
  }
}

function requireOffered<T extends string>(form: ModelForm, option: string, offered: readonly T[], asked: T): void {
  if (offered.includes(asked)) return;
  throw new UserError("usage", `--format ${form} has no --${option} ${asked}, expected ${offered.join(" or ")}`);
}

/** Throws UserError("usage") for an ONNX file. */
export function requireWeights({ onnx, path }: Model): void {
  if (!onnx) return;
  throw new UserError("usage", `${path} is an ONNX file, expected a run or a checkpoint`, {
    hint: "other forms are written from the weights as trained, or from a model for inference",
  });
}

/** Throws UserError("usage") where something lies at `path` that may not be replaced. */
export function requireFree(path: string, force: boolean): void {
  if (force || !nodeFs.exists(path)) return;
  throw new UserError("usage", `${path} is there already`, { hint: "--force replaces it, --output names another" });
}

const asItIs = ({ network }: Model) => ({ network, weights: (weights: NamedTensors): NamedTensors => weights });

/** The innermost of the folders on this way that is there: until all agrees, none is made. */
const nearestFolder = (folder: string): string => (nodeFs.exists(folder) ? folder : nearestFolder(dirname(folder)));

async function closing<T>(runner: Runner, use: (runner: Runner) => Promise<T>): Promise<T> {
  try {
    return await use(runner);
  } finally {
    await runner.close();
  }
}

function weightsAsStored(network: Layer, weights: NamedTensors, size: number, storage: Storage): NamedTensors {
  const stored = new Map(weights);
  for (const variable of variables(network, { height: size, width: size, channels: 3 })) {
    if (variable.kind !== "kernel") continue;
    const { shape, data } = weights.get(variable.name)!;
    stored.set(variable.name, { shape, data: asStored[storage](data, outputsOf(variable)) });
  }
  return stored;
}

const bytesOf = (path: string): number =>
  statSync(path).isDirectory()
    ? nodeFs.list(path).reduce((sum, name) => sum + bytesOf(join(path, name)), 0)
    : nodeFs.size(path);

/** What lay there makes room first, since a folder takes no other's place, and comes back where that fails. */
function putInPlace(temporary: string, path: string): void {
  nodeFs.makeFolder(dirname(path));
  const old = `${path}.old-${process.pid}`;
  const wasThere = nodeFs.exists(path);
  if (wasThere) nodeFs.rename(path, old);
  try {
    nodeFs.rename(temporary, path);
  } catch (error) {
    if (wasThere) nodeFs.rename(old, path);
    throw error;
  }
  syncFolder(nodeFs, dirname(path));
  if (wasThere) nodeFs.remove(old);
}
