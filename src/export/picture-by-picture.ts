// A model at work that takes one picture at a time, as what runs an exported one.
import type { LoadedEvaluator } from "../evaluate/model-evaluator.ts";
import type { Runner } from "./form.ts";

/** `evaluator` has batches of one picture of this size. */
export const pictureByPicture = (evaluator: LoadedEvaluator, size: number): Runner => ({
  async logits(images) {
    const rows: Float32Array[] = [];
    const bytes = size * size * 3;
    for (let start = 0; start < images.length; start += bytes) {
      const one = new Uint8Array(new SharedArrayBuffer(bytes));
      one.set(images.subarray(start, start + bytes));
      rows.push((await evaluator.logits(one))[0]!.slice());
    }
    return rows;
  },
  close: () => evaluator.close(),
});
