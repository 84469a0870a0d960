// The one thing to do next with a run, as a sentence and the command for it.
import type { Experiment } from "../config/schema.ts";
import { exitCodes } from "../errors.ts";
import type { Judgement, Learning } from "./verdict.ts";

export interface NextStep {
  readonly words: string;
  /** To be copied; undefined where there is none to give. */
  readonly command?: string;
}

export interface Situation {
  /** Of the run, as it is named on a command line. */
  readonly path: string;
  readonly experiment: Experiment;
  /** Exit code of its last sitting; null while it trains, or where it was killed. */
  readonly exit: number | null;
  readonly judgement: Judgement;
  readonly trainingFell: boolean;
  readonly isEvaluated: boolean;
  /** Whether the figures are of pictures that have chosen the checkpoint. */
  readonly chosenHere: boolean;
}

const train = (path: string, ...sets: readonly string[]): string =>
  [`inception train ${shellWord(`${path}/config.yaml`)}`, ...sets.map((set) => `--set ${set}`)].join(" ");

const after: Readonly<Record<Learning, (situation: Situation) => NextStep>> = {
  untested: ({ path }) => ({ words: "Train it until its first validation.", command: resume(path) }),
  chance: ({ path, experiment, trainingFell }) =>
    trainingFell
      ? {
          words:
            "It learns its training pictures and nothing of others: see whether labels and both halves are what they should be.",
          command: `inception data check ${shellWord(experiment.data.train)}`,
        }
      : {
          words: "Its training loss hardly fell: look for a learning rate at which it does.",
          command: `${train(path)} --find-rate`,
        },
  overfitting: ({ path, experiment: { augment } }) =>
    augment.trivialAugment
      ? { words: "End it where it is best.", command: train(path, "train.patience=3") }
      : { words: "Vary the training pictures more.", command: train(path, "augment.trivialAugment=true") },
  improving: ({ path, experiment: { train: trained } }) => ({
    words: "Train longer, with the schedule stretched over the whole run.",
    command: train(path, ...longer(trained)),
  }),
  learned: ({ path, chosenHere }) =>
    chosenHere
      ? {
          words: "Its checkpoint was chosen on these very pictures: judge it on some that no training has seen.",
          command: `inception eval ${shellWord(path)} --data <pictures>`,
        }
      : { words: "Use it.", command: `inception predict <picture> --model ${shellWord(path)}` },
};

/** A run that was stopped goes on, one that has learned is evaluated; what is wrong comes before that. */
export function nextStep(situation: Situation): NextStep {
  const { path, exit, judgement, isEvaluated } = situation;
  if (exit === exitCodes.diverged)
    return {
      words: "It diverged: let it go on from its last good checkpoint at a lower rate.",
      command: `${resume(path)} --set train.onDivergence.name=rollback`,
    };
  if (exit === exitCodes.stopped)
    return { words: "It was stopped before its end: let it go on.", command: resume(path) };
  const isSound = judgement.learning === "learned" || judgement.learning === "improving";
  if (isSound && !isEvaluated)
    return { words: "Look at its errors, class by class.", command: `inception eval ${shellWord(path)}` };
  return after[judgement.learning](situation);
}

const resume = (path: string): string => `inception train --resume ${shellWord(path)}`;

const longer = ({ epochs, steps }: Experiment["train"]): string[] =>
  steps === undefined ? [`train.epochs=${2 * (epochs ?? 1)}`] : [`train.steps=${2 * steps}`];

/** As a shell takes it for one word. */
export const shellWord = (word: string): string =>
  /^[\w@%+=:,./~-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
