// R09: whatever a run learns with and wherever it is stopped, three sittings end with the bits of one; and controls in which they must not.
import { afterAll, describe, expect, test } from "vitest";
import { type Checkpoint, writeCheckpoint } from "../../src/checkpoint/store.ts";
import { proved, tries } from "../proof.ts";
import { bits, experimentOn, type Sitting, shapesForAll, sit } from "./support.ts";

const given = shapesForAll();

const optimizers = { rmsprop: "{ name: rmsprop }", momentum: "{ name: momentum }", adamw: "{ name: adamw }" };
const averages = { averaged: "0.9", raw: "null" };
const features = {
  dropout: ["network.auxiliary=off", "network.dropout=0.5"],
  augment: ["network.auxiliary=off", "augment.color=slow", "augment.trivialAugment=true", "augment.erase={}"],
  auxiliary: ["network.auxiliary=conv-norm"],
};
/** Seven steps are an epoch. */
const steps = 9;
const splits = { "within an epoch": 4, "at an epoch's edge": 7, "after the first step": 1, "before the last": 8 };

type Kind = { readonly name: string; readonly changes: readonly string[] };
const kinds: readonly Kind[] = Object.entries(optimizers).flatMap(([optimizer, written]) =>
  Object.entries(averages).flatMap(([average, decay]) =>
    Object.entries(features).map(([feature, changes]) => ({
      name: `${optimizer}, ${average}, ${feature}`,
      changes: [`train.steps=${steps}`, `train.optimizer=${written}`, `train.averageDecay=${decay}`, ...changes],
    })),
  ),
);
const cases = kinds.flatMap((kind) => Object.entries(splits).map(([where, split]) => ({ kind, where, split })));
/** All, or so far apart that there is one of each split, and no two of a kind. */
const tried = Array.from({ length: tries(4, cases.length) }, (_, i) => cases[(i * tries(17, 1)) % cases.length]!);

const straight = new Map<string, Promise<Sitting>>();
const alone = ({ name, changes }: Kind): Promise<Sitting> => {
  const run = straight.get(name) ?? sit(experimentOn(given.source, ...changes), given.sets, { folder: given.folder });
  straight.set(name, run);
  return run;
};

test.each(tried)("$kind.name, stopped $where", async ({ kind, split }) => {
  const experiment = experimentOn(given.source, ...kind.changes);
  const first = await sit(experiment, given.sets, { folder: given.folder, steps: split });
  expect(first).toMatchObject({ finished: false, newest: { step: split } });
  const second = await sit(experiment, given.sets, { folder: given.folder, before: first.run, steps: split + 1 });
  const last = second.finished
    ? second
    : await sit(experiment, given.sets, { folder: given.folder, before: first.run });
  expect(last.newest.step).toBe(steps);
  expect(bits(last.newest.files)).toEqual(bits((await alone(kind)).newest.files));
});

type Tamper = (checkpoint: Checkpoint) => Checkpoint;
const filled = (tensors: Checkpoint["files"]["weights"], which: RegExp, value: number) =>
  new Map(
    [...tensors].map(([name, { shape, data }]) => [
      name,
      { shape, data: which.test(name) ? (data as Float32Array).map(() => value) : data },
    ]),
  );
const controls: Readonly<Record<string, { readonly tamper: Tamper; readonly changes?: readonly string[] }>> = {
  "without the optimizer's numbers": {
    tamper: ({ files, ...rest }) => ({ ...rest, files: { ...files, optimizer: filled(files.optimizer!, /./, 0) } }),
  },
  "without batch norm's statistics": {
    tamper: ({ files, ...rest }) => ({ ...rest, files: { ...files, weights: filled(files.weights, /moving/, 1) } }),
  },
  "with another seed": {
    tamper: ({ state, ...rest }) => ({
      ...rest,
      state: { ...state, experiment: { ...(state.experiment as object), seed: 7 } },
    }),
    changes: ["seed=7"],
  },
};

describe("a control that must not end with the same bits", () => {
  test.each(Object.entries(controls))("%s", async (_name, { tamper, changes = [] }) => {
    const kind = kinds[0]!;
    const first = await sit(experimentOn(given.source, ...kind.changes), given.sets, {
      folder: given.folder,
      steps: 4,
    });
    writeCheckpoint(first.run.checkpoints, tamper(first.newest));
    const last = await sit(experimentOn(given.source, ...kind.changes, ...changes), given.sets, {
      folder: given.folder,
      before: first.run,
    });
    expect(last.newest.step).toBe(steps);
    expect(bits(last.newest.files)).not.toEqual(bits((await alone(kind)).newest.files));
  });
});

afterAll(() =>
  proved("R09", { cases: tried.length, sittings: 3, controls: Object.keys(controls).length, equal: true }),
);
