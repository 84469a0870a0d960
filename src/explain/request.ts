// What is asked of a model's looks, held against the model: classes, methods, layer and patch.
import { basename, dirname } from "node:path";
import { nearest } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import type { Model } from "../evaluate/model.ts";
import type { Item } from "../images/sources/listing.ts";
import { mapStages } from "../interpret/stages.ts";
import { largest } from "../statistics/ranking.ts";
import type { ExplainOptions } from "./explain.ts";
import { type MethodName, methods } from "./method.ts";
import { type Patch, patchOf } from "./occlusion.ts";

export interface ExplainRequest {
  readonly method: MethodName | "both";
  /** How many of the most probable classes; the true one comes last where it is not among them. */
  readonly top: number;
  /** The true class of all pictures; of each its folder's where left out and the folder has the name of one. */
  readonly class?: string | undefined;
  /** Whose maps Grad-CAM reads; the last where left out. */
  readonly layer?: string | undefined;
  /** Sides of occlusion's patch and of its steps in pixels of the network's input. */
  readonly patch?: number | undefined;
  readonly stride?: number | undefined;
}

export interface ReadRequest extends Omit<ExplainOptions, "onBad"> {
  readonly stage: string;
  readonly patch: Patch;
  /** Number of the class that the picture is known to be of. */
  readonly trueOf: (item: Item) => number | undefined;
}

/** Throws UserError("usage") for a class, a layer or a patch that the model has not; `dashes` stand before the name of what was given. */
export function readRequest(
  model: Model,
  { method, top, class: named, layer, patch: side, stride }: ExplainRequest,
  dashes: "--" | "" = "",
): ReadRequest {
  const stage = layer === undefined ? mapStages(model.network).at(-1)! : stageNamed(model, layer, dashes);
  const patch = requirePatch(model, { ...(side && { side }), ...(stride && { stride }) }, dashes);
  const trueOf = trueClasses(model, named, dashes);
  const count = model.classes.length - (model.preprocessing.background ? 1 : 0);
  return {
    methods: method === "both" ? methods : [method],
    classesOf(item, logits) {
      const [best, known] = [largest(logits, Math.min(top, count)), trueOf(item)];
      return known === undefined || best.includes(known) ? best : [...best, known];
    },
    most: top + 1,
    stage,
    patch,
    trueOf,
  };
}

function stageNamed({ network, options }: Model, name: string, dashes: string): string {
  const stages = mapStages(network);
  if (stages.includes(name)) return name;
  throw new UserError("usage", `${dashes}layer: ${options.name} has no maps called ${name}${nearest(name, stages)}`, {
    hint: `it has ${stages.join(", ")}`,
  });
}

function requirePatch({ size }: Model, asked: Partial<Patch>, dashes: string): Patch {
  const patch = patchOf(size, asked);
  if (patch.side > size)
    throw new UserError("usage", `${dashes}patch ${patch.side}: expected at most the network's input, ${size} pixels`);
  if (patch.stride <= patch.side) return patch;
  throw new UserError("usage", `${dashes}stride ${patch.stride}: expected at most the patch, ${patch.side} pixels`, {
    hint: "a longer one would leave out parts of the picture",
  });
}

/** More class names than these are no hint. */
const mostNamed = 20;

function trueClasses(
  { classes, preprocessing }: Model,
  named: string | undefined,
  dashes: string,
): (item: Item) => number | undefined {
  const numbers = new Map(classes.map((name, number) => [name, number]));
  if (preprocessing.background) numbers.delete(classes[0]!);
  if (named === undefined)
    return ({ name, source }) => ("file" in source ? numbers.get(basename(dirname(name))) : undefined);
  const number = numbers.get(named);
  if (number !== undefined) return () => number;
  const names = [...numbers.keys()];
  throw new UserError("usage", `${dashes}class: the model has no class called ${named}${nearest(named, names)}`, {
    ...(names.length <= mostNamed && { hint: `it has ${names.join(", ")}` }),
  });
}
