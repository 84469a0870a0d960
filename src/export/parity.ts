// Whether an exported model is the same function, and what storing it in fewer bits has changed: logits beside logits.
import { UserError } from "../errors.ts";
import { type Evaluator, startEvaluator } from "../evaluate/evaluator.ts";
import type { Model } from "../evaluate/model.ts";
import type { NamedTensors } from "../graph/state.ts";
import type { Runner } from "./form.ts";
import type { CheckPictures } from "./pictures.ts";

export interface Difference {
  /** Of two logits of the same picture and class. */
  readonly largest: number;
  /** Pictures whose most probable class is another. */
  readonly otherTop1: number;
}

/** What rounding may make of logits up to 100; in proportion of larger ones. */
const rounding = { difference: 1e-4, logit: 100 } as const;

/** How both sides of a check compute what TensorFlow runs: the fast convolutions' errors are ten times as large. */
export const exactly = { precision: "float32", kernels: "tensorflow", atOnce: 1 } as const;

type Rows = readonly Float32Array[];

/** A row of logits for each picture, in float32, by TensorFlow. */
export async function ownLogits(
  { network, size, preprocessing, path }: Model,
  weights: readonly NamedTensors[],
  { images, count }: CheckPictures,
): Promise<Rows[]> {
  const batch = Math.min(count, 8);
  const evaluator = await startEvaluator(network, { size, pixels: preprocessing, batch, ...exactly });
  try {
    const all: Rows[] = [];
    for (const one of weights) {
      await evaluator.load(one, path);
      all.push(await inBatches(evaluator, images, count));
    }
    return all;
  } finally {
    await evaluator.close();
  }
}

async function inBatches({ batch, logits }: Evaluator, images: Uint8Array, count: number): Promise<Rows> {
  const bytes = images.length / count;
  const rows: Float32Array[] = [];
  for (let first = 0; first < count; first += batch) {
    const some = new Uint8Array(new SharedArrayBuffer(batch * bytes));
    some.set(images.subarray(first * bytes, (first + batch) * bytes));
    rows.push(...(await logits(some)).slice(0, count - first).map((row) => row.slice()));
  }
  return rows;
}

/** The first picture alone and the others together, which shows that any number is taken at a time. */
export async function runnersLogits(runner: Runner, { images, count }: CheckPictures): Promise<Rows> {
  const bytes = images.length / count;
  const first = await runner.logits(images.slice(0, bytes));
  return count === 1 ? first : [...first, ...(await runner.logits(images.slice(bytes)))];
}

export function differenceOf(a: Rows, b: Rows): Difference {
  let [largest, otherTop1] = [0, 0];
  for (const [i, row] of a.entries()) {
    for (const [c, logit] of row.entries()) {
      const difference = Math.abs(logit - b[i]![c]!);
      if (!(difference <= largest)) largest = difference;
    }
    if (topOf(row) !== topOf(b[i]!)) otherTop1++;
  }
  return { largest, otherTop1 };
}

const topOf = (row: Float32Array): number => row.indexOf(Math.max(...row));

/**
 * Gives the largest difference that is allowed. Throws UserError("checkFailed") where there is a larger one; `remarks` are what is
 * known to differ.
 */
export function requireParity(
  what: string,
  [own, exported]: readonly [Rows, Rows],
  { largest }: Difference,
  { tolerance, remarks }: { readonly tolerance?: number | undefined; readonly remarks: readonly string[] },
): number {
  const size = Math.max(...own.map((row) => Math.max(...row.map(Math.abs))));
  const allowed = tolerance ?? rounding.difference * Math.max(1, size / rounding.logit);
  if (exported.length === own.length && largest <= allowed) return allowed;
  throw new UserError(
    "checkFailed",
    `${what} does not agree with the model: its logits differ by ${largest.toPrecision(2)}, expected ${allowed.toPrecision(2)} at the most`,
    { hint: hintOf(remarks) },
  );
}

const hintOf = (remarks: readonly string[]): string =>
  remarks.length === 0
    ? "nothing was written; this is a bug of inception or of what runs the file"
    : `${remarks.join("; ")}. Nothing was written; --tolerance takes it as it is`;
