// What one key cannot know about another. Every rule is applied and everything found is reported.
import { UserError } from "../errors.ts";
import { checkSize } from "../interpret/fits.ts";
import { variables } from "../interpret/parameters.ts";
import { blocks, owners, selected } from "../interpret/selection.ts";
import { trace } from "../interpret/shapes.ts";
import { buildNetwork } from "../network/catalog.ts";
import { tooMany } from "./most-pictures.ts";
import { nearest } from "./nearest.ts";
import type { Experiment } from "./schema.ts";
import { asTrained } from "./train-size.ts";

/** The class count changes no map's size; this one stands in until the data is read. */
const anyClasses = 1000;

/** A problem stops; a warning is only said. */
export type Finding = { readonly path: string; readonly message: string; readonly severity: "problem" | "warning" };
type Rule = (experiment: Experiment) => Finding[];

const problem = (path: string, message: string): Finding[] => [{ path, message, severity: "problem" }];
const warning = (path: string, message: string): Finding[] => [{ path, message, severity: "warning" }];

const oneLength: Rule = ({ train: { epochs, steps } }) =>
  epochs !== undefined && steps !== undefined
    ? problem("train.steps", "expected either train.epochs or train.steps, got both")
    : [];

const inputFits: Rule = ({ network, data, train }) =>
  Object.entries({ "data.size": data.size, "train.size": train.size }).flatMap(([path, size]) => {
    const reason = size === undefined ? undefined : misfit(network, size);
    return reason === undefined ? [] : problem(path, reason);
  });

/** Auxiliary heads may have other weights at another size, and those of a checkpoint are of `data.size`. */
const sameWeights: Rule = ({ network, data, train }) => {
  const sizes = [data.size, train.size ?? data.size];
  if (sizes.some((size) => misfit(network, size) !== undefined)) return [];
  const [judged, trained] = sizes.map((size) => JSON.stringify(weightsAt(network, size)));
  return judged === trained
    ? []
    : problem(
        "train.size",
        `the auxiliary heads have other weights at ${train.size} px than at data.size, ${data.size} px; ` +
          "expected network.auxiliary: off, or a size at which they are alike",
      );
};

const weightsAt = (network: Experiment["network"], size: number) =>
  variables(buildNetwork({ ...network, classes: network.classes ?? anyClasses }, size), {
    height: size,
    width: size,
    channels: 3,
  });

function misfit(network: Experiment["network"], size: number): string | undefined {
  try {
    checkSize({ ...network, classes: network.classes ?? anyClasses }, size);
    return undefined;
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return [error.message, error.hint].filter(Boolean).join("; ");
  }
}

const reductionIsMeant: Rule = ({ network }) =>
  "reduction" in network && network.reduction === "parallel" && network.reductionAt !== "both"
    ? warning("network.reductionAt", "changes nothing while network.reduction is parallel")
    : [];

const somethingIsFactorized: Rule = ({ network }) => {
  if (!("factorActivation" in network) || network.factorActivation === "relu") return [];
  const whole =
    network.block35 === "unfactorized" && network.block17.startsWith("dense") && network.block8 !== "asymmetric";
  return whole ? warning("network.factorActivation", "changes nothing, as no block of this network is factorized") : [];
};

const microBatchDivides: Rule = ({ train: { batch, microBatch } }) =>
  microBatch !== undefined && batch % microBatch !== 0
    ? problem("train.microBatch", `expected a divisor of train.batch (${batch}), got ${microBatch}`)
    : [];

/** A batch norm that sees one value for each channel gives its beta whatever the picture: no gradient passes it. */
const batchNormSeesMore: Rule = (experiment) => {
  const { network, data, train } = asTrained(experiment);
  const [{ size }, { batch, microBatch }] = [data, train];
  if ((microBatch ?? batch) !== 1) return [];
  const tree = buildNetwork({ ...network, classes: network.classes ?? anyClasses }, size);
  const dead = trace(tree, { height: size, width: size, channels: 3 }).filter(
    ({ layer, input }) => layer.type === "batchNorm" && input.height === 1 && input.width === 1,
  );
  return dead.length === 0
    ? []
    : warning(
        microBatch === undefined ? "train.batch" : "train.microBatch",
        `with one picture at a time ${wordPaths(dead)} normalizes a single value, whose variance is 0: its output is the same for ` +
          "every picture and what comes before it does not learn from it; take 2 pictures or more",
      );
};

const wordPaths = (layers: readonly { readonly path: string }[]): string =>
  layers.length === 1 ? layers[0]!.path : `each of ${layers.length} batch norms (${layers[0]!.path} is the first)`;

/** Too many pictures at a time for their size. */
export const batchFits: Rule = ({ data, train, evaluate }) =>
  [
    { path: "train.batch", batch: train.batch, size: train.size ?? data.size },
    { path: "evaluate.batch", batch: evaluate.batch, size: data.size },
  ].flatMap(({ path, batch, size }) => {
    const why = tooMany(batch, size);
    return why === undefined ? [] : problem(path, why);
  });

const warmupEnds: Rule = ({ train: { epochs, warmupEpochs } }) =>
  epochs !== undefined && warmupEpochs >= epochs
    ? problem("train.warmupEpochs", `expected less than train.epochs (${epochs}), got ${warmupEpochs}`)
    : [];

const ascending =
  (key: "area" | "aspect"): Rule =>
  ({
    augment: {
      [key]: [low, high],
    },
  }) =>
    low > high ? problem(`augment.${key}`, `expected the smaller value first, got [${low}, ${high}]`) : [];

const erasesFromLowToHigh: Rule = ({ augment: { erase } }) =>
  (["area", "aspect"] as const).flatMap((key) => {
    const [low, high] = erase?.[key] ?? [0, 0];
    return low > high ? problem(`augment.erase.${key}`, `expected the smaller value first, got [${low}, ${high}]`) : [];
  });

/** Either has each class count the same. */
const balancesOnce: Rule = ({ data: { sampling }, train: { classWeights } }) =>
  sampling === "balanced" && classWeights === "auto"
    ? warning("train.classWeights", "has rare classes count more still, which data.sampling: balanced has made common")
    : [];

const someAreaIsLeft: Rule = ({ augment: { area } }) =>
  area[0] === 0 ? problem("augment.area", "expected a smallest share above 0, got 0") : [];

const validatesOnOtherPictures: Rule = ({ data: { train, validation } }) =>
  validation === train
    ? warning("data.validation", "is the training set itself, so the accuracy says nothing about new pictures")
    : [];

/** Words for layers that mean none of this network's, and a freezing that leaves nothing to learn. */
const layersAreThere: Rule = ({ network, data: { size }, train: { freeze, rateByDepth } }) => {
  const chosen = [freeze].flat();
  const rated = typeof rateByDepth === "number" ? [] : Object.keys(rateByDepth);
  if (chosen.length + rated.length === 0 || misfit(network, size) !== undefined) return [];
  const tree = buildNetwork({ ...network, classes: network.classes ?? anyClasses }, size);
  const unknown = (path: string, words: readonly string[]): Finding[] =>
    words.flatMap((word) => {
      if (selected(tree, word).length > 0) return [];
      const name = word.replace(/^through\s+/, "");
      return problem(path, `no layer of ${network.name} is called ${name}${nearest(name, blocks(tree))}`);
    });
  const frozen = new Set(chosen.flatMap((word) => selected(tree, word)));
  const allFrozen = owners(tree).every(({ path, auxiliary }) => auxiliary || frozen.has(path));
  return [
    ...unknown("train.freeze", chosen),
    ...unknown("train.rateByDepth", rated),
    ...(allFrozen ? problem("train.freeze", "leaves nothing to learn: expected some layer without it") : []),
  ];
};

/** What is kept or learned alone was trained before, or it stays at random. */
const keptIsTrained: Rule = ({ train: { from, freeze, headFirst } }) => {
  if (from !== undefined) return [];
  const random = (path: string): Finding[] =>
    warning(path, "keeps layers as they start, which is at random without train.from");
  return [
    ...([freeze].flat().length > 0 ? random("train.freeze") : []),
    ...(headFirst ? random("train.headFirst") : []),
  ];
};

export const rules: readonly Rule[] = [
  oneLength,
  inputFits,
  sameWeights,
  reductionIsMeant,
  somethingIsFactorized,
  microBatchDivides,
  batchFits,
  batchNormSeesMore,
  warmupEnds,
  ascending("area"),
  ascending("aspect"),
  erasesFromLowToHigh,
  balancesOnce,
  someAreaIsLeft,
  validatesOnOtherPictures,
  layersAreThere,
  keptIsTrained,
];

export const applyRules = (experiment: Experiment): Finding[] => rules.flatMap((rule) => rule(experiment));
