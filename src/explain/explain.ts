// Pictures one after the other: what a network takes them for, and where it looks for that.
import { foreground } from "../evaluate/background.ts";
import { requireFinite } from "../evaluate/finite.ts";
import type { Model } from "../evaluate/model.ts";
import { type BadPicture, evaluationBatches, startDecoders } from "../images/batches.ts";
import type { Item } from "../images/sources/listing.ts";
import { mapStages } from "../interpret/stages.ts";
import { choosePrecision, type Precision } from "../runtime/features.ts";
import { threads } from "../runtime/threads.ts";
import { softmax } from "../statistics/softmax.ts";
import { startGradCam } from "./grad-cam.ts";
import type { Heat } from "./heat.ts";
import type { Method, MethodName } from "./method.ts";
import { type Patch, patchOf, startOcclusion } from "./occlusion.ts";

export interface ExplainOptions {
  readonly methods: readonly MethodName[];
  /** The classes to explain, of a picture with these logits; a background's are less than any. */
  readonly classesOf: (item: Item, logits: Float32Array) => readonly number[];
  /** As many as these are at the most. */
  readonly most: number;
  /** Of Grad-CAM; the last maps before the global pool where left out. */
  readonly stage?: string | undefined;
  /** Of occlusion; see `patchOf`. */
  readonly patch?: Partial<Patch>;
  /** Of occlusion; as in prediction where left out. Grad-CAM is float32. */
  readonly precision?: Precision;
  /** Hears of a picture that cannot be read, which is left out. */
  readonly onBad: (failure: BadPicture) => void;
}

export interface Explanation {
  readonly item: Item;
  readonly classes: readonly ExplainedClass[];
}

export interface ExplainedClass {
  readonly class: number;
  readonly probability: number;
  readonly heats: Readonly<Partial<Record<MethodName, Heat>>>;
}

/** In the pictures' order. Throws UserError("diverged") for weights or logits that are not finite. */
export async function* explanations(
  model: Model,
  items: readonly Item[],
  options: ExplainOptions,
): AsyncGenerator<Explanation, undefined> {
  const { methods, onBad, precision = choosePrecision("auto") } = options;
  const started: Method[] = [];
  const decoders = startDecoders(Math.min(items.length, threads()));
  try {
    for (const name of methods) started.push(await starters[name](model, { ...options, precision }));
    // One at a time: each has its own classes, and occlusion many copies of it.
    for await (const { images, index } of evaluationBatches({
      decoders,
      listing: { path: ".", classes: [...model.classes], items, fingerprint: "", warnings: [] },
      size: model.size,
      batch: 1,
      preset: model.preset,
      jpegReduction: model.preprocessing.jpegReduction,
      ...(model.choice ? { choice: model.choice } : {}),
      onBad,
    }))
      yield await explain(model, items[index]!, images, started, options);
  } finally {
    await Promise.all([decoders.close(), ...started.map((method) => method.close())]);
  }
}

type Started = ExplainOptions & { readonly precision: Precision };

const starters: Readonly<Record<MethodName, (model: Model, options: Started) => Promise<Method>>> = {
  "grad-cam": (model, { stage = mapStages(model.network).at(-1)!, most }) => startGradCam(model, { stage, rows: most }),
  occlusion: (model, { patch, precision }) => startOcclusion(model, { patch: patchOf(model.size, patch), precision }),
};

async function explain(
  model: Model,
  item: Item,
  picture: Uint8Array,
  started: readonly Method[],
  { methods, classesOf }: ExplainOptions,
): Promise<Explanation> {
  const looks = [];
  for (const method of started) looks.push(await method.look(picture));
  const { logits } = looks[0]!;
  requireFinite(logits, { model: model.path, picture: item.name });
  const ranked = model.preprocessing.background ? foreground(logits) : logits;
  const shares = softmax(ranked);
  const classes = classesOf(item, ranked);
  const found: Heat[][] = [];
  for (const look of looks) found.push(await look.heats(classes));
  return {
    item,
    classes: classes.map((one, i) => ({
      class: one,
      probability: shares[one]!,
      heats: Object.fromEntries(methods.map((name, method) => [name, found[method]![i]!])),
    })),
  };
}
