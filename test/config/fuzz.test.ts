// Right experiments read back to themselves; one wrong thing in them is always a usage error that says where.
import fc from "fast-check";
import { expect, test } from "vitest";
import { stringify } from "yaml";
import { parseExperiment } from "../../src/config/load.ts";
import { toYaml } from "../../src/config/write.ts";
import { UserError } from "../../src/errors.ts";
import { proved, tries } from "../proof.ts";

type Tree = { [key: string]: unknown };

const unit = fc.double({ min: 0, max: 0.99, noNaN: true });
const positive = fc.double({ min: 1e-6, max: 1e3, noNaN: true });
const whole = fc.integer({ min: 1, max: 4096 });
const optional = { requiredKeys: [] };

const optimizer = fc.oneof(
  fc.constant({ name: "sgd" }),
  fc.record({ name: fc.constant("momentum"), momentum: unit, nesterov: fc.boolean() }),
  fc.record({ name: fc.constant("rmsprop"), decay: unit, momentum: unit, epsilon: positive }),
  fc.record({ name: fc.constant("adamw"), beta1: unit, beta2: unit, epsilon: positive }),
  fc.record({ name: fc.constant("muon"), momentum: unit, beta2: unit, restRate: positive }),
);
const schedule = fc.oneof(
  fc.constant({ name: "constant" }),
  fc.record({ name: fc.constant("exponential"), factor: unit, everyEpochs: positive }),
  fc.record({ name: fc.constant("cosine"), final: unit }),
  fc.record({ name: fc.constant("one-cycle"), rise: unit, start: unit, final: unit }),
);
const inceptionV3 = fc.record(
  {
    name: fc.constantFrom("inception-v2", "inception-v3"),
    stem: fc.constantFrom("conv7x7", "conv7x7-separable", "conv3x3x3", "table1"),
    auxiliary: fc.constantFrom("off", "conv-norm", "bn", "dropout", "no-norm"),
    classes: fc.integer({ min: 2, max: 1001 }),
    stemStride: fc.constantFrom(1, 2),
    stemPool: fc.boolean(),
    width: fc.double({ min: 0.1, max: 4, noNaN: true }),
    dropout: unit,
    reduction: fc.constantFrom("parallel", "pool-conv", "conv-pool"),
    reductionAt: fc.constantFrom("both", 35, 17),
    factorActivation: fc.constantFrom("relu", "linear"),
    block17: fc.constantFrom("asym7", "dense3"),
    nBlocks17: fc.integer({ min: 1, max: 6 }),
  },
  { requiredKeys: ["name"] },
);
const early = {
  stem: fc.constantFrom("conv7x7", "conv7x7-separable"),
  stemStride: fc.constantFrom(1, 2),
  width: fc.double({ min: 0.1, max: 4, noNaN: true }),
  dropout: unit,
};
const googLeNet = fc.record(
  {
    name: fc.constant("googlenet"),
    auxiliary: fc.constantFrom("off", "both"),
    auxiliaryDropout: unit,
    ...early,
  },
  { requiredKeys: ["name"] },
);
const bnInception = fc.record(
  {
    name: fc.constant("bn-inception"),
    poolProj4cd: fc.constantFrom(96, 128),
    bnScale: fc.boolean(),
    ...early,
  },
  { requiredKeys: ["name"] },
);
const onDivergence = fc.oneof(
  fc.constant({ name: "stop" }),
  fc.record({ name: fc.constant("skip-batch"), inRow: whole, total: whole }),
  fc.record({ name: fc.constant("rollback"), factor: fc.double({ min: 0.01, max: 0.99, noNaN: true }), times: whole }),
);
const network = fc.oneof(inceptionV3, googLeNet, bnInception);
/** Text that any file name may hold. */
const path = fc.string({ unit: "grapheme", minLength: 1, maxLength: 20 }).map((name) => `/${name.replace(/\0/g, "")}`);
const train = fc.record(
  {
    epochs: fc.double({ min: 1, max: 200, noNaN: true }),
    batch: whole,
    precision: fc.constantFrom("auto", "float32", "bfloat16"),
    learningRate: positive,
    schedule,
    optimizer,
    clipNorm: fc.option(positive),
    weightDecay: unit,
    labelSmoothing: unit,
    classWeights: fc.oneof(fc.constantFrom("none", "auto"), fc.record({ owl: positive })),
    averageDecay: fc.option(unit),
    batchNormDecay: unit,
    onDivergence,
  },
  optional,
);
const fit = fc.constantFrom("crop", "letterbox", "squash");
const erase = fc.option(fc.record({ probability: unit, fill: fc.constantFrom("mean", "noise") }, optional));
const mix = fc.option(
  fc.oneof(
    fc.record({ name: fc.constantFrom("mixup", "cutmix"), alpha: positive, probability: unit }),
    fc.record({ name: fc.constant("either"), mixupAlpha: positive, cutmixAlpha: positive }),
  ),
);
const experiment: fc.Arbitrary<Tree> = fc.record(
  {
    name: fc.stringMatching(/^[a-z0-9][a-zA-Z0-9._-]{0,20}$/),
    seed: fc.integer({ min: 0, max: 2 ** 31 }),
    network,
    data: fc.record(
      { train: path, validation: fc.oneof(path, fc.record({ holdOut: unit })), size: fc.constant(299) },
      { requiredKeys: ["train", "validation"] },
    ),
    augment: fc.record(
      { flip: fc.boolean(), color: fc.constantFrom("off", "fast", "slow"), trivialAugment: fc.boolean(), erase, mix },
      optional,
    ),
    train,
    evaluate: fc.record({ batch: whole, preset: fc.constantFrom("tf", "torchvision", "timm"), fit }, optional),
    checkpoint: fc.record({ everySteps: whole, everyMinutes: fc.option(positive), keep: whole }, optional),
    log: fc.record({ everySteps: whole }),
  },
  { requiredKeys: ["data", "network", "train"] },
);

const written = fc.constantFrom(
  (tree: Tree) => JSON.stringify(tree),
  (tree: Tree) => stringify(tree),
  (tree: Tree) => `\ufeff${stringify(tree).replaceAll("\n", "\r\n")}`,
);

test("a right experiment, shown, is the same experiment", () => {
  fc.assert(
    fc.property(experiment, written, (tree, write) => {
      const first = parseExperiment(write(tree), "my.yaml").experiment;
      const text = toYaml(first);
      const second = parseExperiment(text, "runs/config.yaml").experiment;
      expect(second).toEqual(first);
      expect(toYaml(second)).toBe(text);
    }),
    { numRuns: tries(200, 1000) },
  );
});

/** Paths of all values, sections too. */
const paths = (value: unknown, above: readonly string[] = []): string[][] =>
  value !== null && typeof value === "object" && !Array.isArray(value)
    ? Object.entries(value).flatMap(([key, below]) => [[...above, key], ...paths(below, [...above, key])])
    : [];

function change(tree: Tree, [key, ...rest]: readonly string[], edit: (holder: Tree, key: string) => void): Tree {
  const copy = { ...tree };
  if (rest.length === 0) edit(copy, key!);
  else copy[key!] = change(copy[key!] as Tree, rest, edit);
  return copy;
}

/** Wrong at every key of the schema. */
const wrong = fc.constantFrom<unknown>(Number.NaN, Number.POSITIVE_INFINITY, -1, -1e300, [], [[1]], [1, 2, 3], {
  surely: "unknown",
});

const mutation = fc.oneof(
  wrong.map((value) => (holder: Tree, key: string) => {
    holder[key] = value;
  }),
  fc.stringMatching(/^[a-z]{1,8}Zq$/).map((name) => (holder: Tree) => {
    // A weight of class may have any name, but not this value.
    holder[name] = "surely";
  }),
);

test("one wrong value or unknown key is a usage error with place and path", () => {
  fc.assert(
    fc.property(experiment, mutation, fc.nat(), (tree, mutate, pick) => {
      const all = paths(tree);
      const bad = change(tree, all[pick % all.length]!, mutate);
      const error = failure(stringify(bad));
      expect(error.exitCode).toBe(2);
      for (const line of error.message.split("\n").filter((line) => !/problems in/.test(line)))
        expect(line.trim()).toMatch(
          /^my\.yaml:\d+:\d+: [\w.-]+: (expected .+, got .+|unknown key.*|not a key of .+)$/s,
        );
    }),
    { numRuns: tries(300, 1000) },
  );
});

test("a character lost, doubled or changed gives an experiment or a usage error, never another", () => {
  const damage = fc.record({
    at: fc.nat(),
    by: fc.constantFrom("", "\t", ":", "{", "}", "[", "*", "&", "!", "'", "-", "\0", "🙂"),
  });
  fc.assert(
    fc.property(experiment, written, fc.array(damage, { minLength: 1, maxLength: 4 }), (tree, write, damages) => {
      const text = damages.reduce((text, { at, by }) => {
        const i = at % text.length;
        return text.slice(0, i) + by + text.slice(i + 1);
      }, write(tree));
      try {
        parseExperiment(text, "my.yaml");
      } catch (error) {
        expect(error).toBeInstanceOf(UserError);
        expect((error as UserError).message).toMatch(/my\.yaml/);
      }
    }),
    { numRuns: tries(300, 1000) },
  );
  proved("R25", { right: tries(200, 1000), wrong: tries(300, 1000), damaged: tries(300, 1000), stacks: 0 });
});

function failure(text: string): UserError {
  try {
    parseExperiment(text, "my.yaml");
  } catch (error) {
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error(`expected a problem in:\n${text}`);
}
