// What computed a result and from which pixels, in a few words.
import type { SavedModel } from "../evaluate/saved.ts";

/** `float32, own kernels, TensorFlow 2.21.0, 2 threads`; of models that differ, each in turn. */
export const computedBy = (models: readonly SavedModel[]): string => [...new Set(models.map(wordsOf))].join("; ");

function wordsOf({ precision, arithmetic = {} }: SavedModel): string {
  const { kernels, tensorflow, threads } = arithmetic;
  return [
    precision,
    ...(kernels === undefined
      ? []
      : [kernels === "tensorflow" ? "TensorFlow's kernels" : `${String(kernels).split(" ")[0]} kernels`]),
    ...(tensorflow === undefined ? [] : [`TensorFlow ${tensorflow}`]),
    ...(threads === undefined ? [] : [`${threads} ${threads === 1 ? "thread" : "threads"}`]),
  ].join(", ");
}

/** How pictures were brought to the networks' sizes; of models that differ, each in turn. */
export const resizes = (models: readonly SavedModel[]): string[] => [...new Set(models.map(({ resize }) => resize))];
