// A recipe in one line: its name, what it goes by, and what of it decides most.
import type { Experiment } from "../config/schema.ts";
import { counted } from "../counted.ts";

type Train = Experiment["train"];
type Words<Section extends { name: string }> = {
  readonly [N in Section["name"]]: (section: Extract<Section, { name: N }>) => string;
};

const optimizerWords: Words<Train["optimizer"]> = {
  sgd: () => "plain gradients",
  momentum: ({ momentum, nesterov }) => `${nesterov ? "Nesterov " : ""}momentum ${momentum}`,
  rmsprop: ({ epsilon }) => `RMSProp with epsilon ${epsilon}`,
  adamw: () => "AdamW",
  muon: () => "Muon",
};

const scheduleWords: Words<Train["schedule"]> = {
  constant: () => "constant",
  exponential: ({ factor, everyEpochs }) => `times ${factor} every ${everyEpochs} epochs`,
  cosine: () => "cosine",
  "one-cycle": () => "one-cycle",
};

type Mix = NonNullable<Experiment["augment"]["mix"]>;
const mixWords: Readonly<Record<Mix["name"], string>> = {
  mixup: "MixUp",
  cutmix: "CutMix",
  either: "MixUp or CutMix",
};

export function recipeWords({ recipe, train, augment }: Experiment, pictures: number): string {
  const { headFirst, epochs, steps, optimizer, schedule, learningRate, averageDecay } = train;
  const optimizerIn = (optimizerWords[optimizer.name] as (section: typeof optimizer) => string)(optimizer);
  const scheduleIn = (scheduleWords[schedule.name] as (section: typeof schedule) => string)(schedule);
  const average = averageDecay === null || averageDecay === 1 ? "no average" : `averages over ${over(averageDecay)}`;
  return [
    `${recipe}, for ${pictures} pictures: ${headFirst ? `${counted(headFirst.epochs, "epoch")} of the classifier alone, then ` : ""}${steps === undefined ? counted(epochs!, "epoch") : counted(steps, "step")}`,
    optimizerIn,
    `rate ${learningRate} (${scheduleIn})`,
    average,
    augment.crop === "none" ? "no crops" : `crops from ${Math.round(100 * augment.area[0])}%`,
    ...(augment.mix === null ? [] : [mixWords[augment.mix.name]]),
  ].join(", ");
}

/** Steps that a running average covers. */
const over = (decay: number): string => counted(Math.round(1 / (1 - decay)), "step");
