// Training crops of another size than the pictures that the network judges.
import type { Experiment } from "./schema.ts";

type Sized = Pick<Experiment, "data" | "train">;

/** The experiment with its training crops' size as its only one: what training reads, and the network that reads it. */
export const asTrained = <E extends Sized>(experiment: E): E => ({
  ...experiment,
  data: { ...experiment.data, size: experiment.train.size ?? experiment.data.size },
});
