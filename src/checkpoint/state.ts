// What a checkpoint says beside its tensors, key by key: one may come from anybody, so nothing that is not known passes.
import { z } from "zod";
import { fits, smallestSize } from "../interpret/fits.ts";
import type { NetworkOptions } from "../network/options.ts";
import { preprocessingSchema } from "../network/preprocessing.ts";
import { networkSchema } from "../network/schema.ts";
import { storages } from "../published/choices.ts";

const count = z.int().min(0);
const sha256Schema = z.string().regex(/^[0-9a-f]{64}$/, "expected 64 hexadecimal digits");

/** What an earlier version left out has the value that it had then. */
export const stateSchema = z.strictObject({
  /** Its schema is that of experiments: `experimentIn` of config/stored.ts. */
  experiment: z.record(z.string(), z.json()).optional(),
  network: networkSchema,
  preprocessing: preprocessingSchema,
  /** Names in the order of the labels. */
  classes: z.array(z.string().min(1)).min(1),
  epoch: count.optional(),
  batchInEpoch: count.optional(),
  best: z
    .strictObject({ step: count, top1: z.number().min(0).max(1) })
    .nullable()
    .optional(),
  /** The last step whose weights were validated. */
  validated: count.optional(),
  /** How often a run that diverged went back, to which step at last, and what its rates are multiplied by since. */
  rollbacks: z.strictObject({ times: count, to: count, rate: z.number().positive() }).optional(),
  /** Steps that were left out since they diverged. */
  skipped: z.strictObject({ inRow: count, total: count }).optional(),
  /** What decides the last bits, runtime/arithmetic.ts. */
  arithmetic: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  /** Of the training set and of the pictures it is validated on. */
  dataFingerprint: z.string().optional(),
  validationFingerprint: z.string().optional(),
  /** The weights that its run began with. */
  startedFrom: z
    .strictObject({ path: z.string(), step: count, kind: z.enum(["average", "raw"]), sha256: sha256Schema })
    .optional(),
  /**
   * For inference alone: its norms are folded into its kernels. Which weights these were, how kernels are stored, and whether
   * they validated best of their run.
   */
  folded: z
    .strictObject({ weights: z.enum(["average", "raw"]), storage: z.enum(storages), chosen: z.boolean() })
    .optional(),
  /** Another program's file that it was made of. */
  source: z
    .strictObject({ program: z.string(), network: z.string(), format: z.string(), sha256: sha256Schema })
    .optional(),
});

/**
 * Everything beside the tensors that using or going on with a checkpoint takes, as JSON: the resolved experiment, the network's options,
 * the preprocessing, the class names in label order, the position, and the best result so far. One with weights alone has no
 * experiment, no position and no best result.
 */
export type CheckpointState = Omit<z.output<typeof stateSchema>, "network" | "experiment"> & {
  readonly network: NetworkOptions;
  readonly experiment?: unknown;
};

/** What one key says against another, as `key: what is wrong`; undefined where nothing does. */
export function contradictionIn(state: z.output<typeof stateSchema>): string | undefined {
  const { network, preprocessing, classes } = state;
  if (network.classes !== classes.length)
    return `classes: expected ${network.classes} names, as network.classes says, got ${classes.length}`;
  const pictured = preprocessing.background ? classes.slice(1) : classes;
  if (new Set(pictured).size < pictured.length) return "classes: two of them have one name";
  const options = { ...network, classes: network.classes };
  return fits(options, preprocessing.size)
    ? undefined
    : `preprocessing.size: expected at least ${smallestSize(options)} for this network, got ${preprocessing.size}`;
}
