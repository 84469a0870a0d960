// A run that was never trained: a folder with everything that a report reads, made in a moment.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCheckpoint } from "../../src/checkpoint/store.ts";
import { parseExperiment } from "../../src/config/load.ts";
import { toYaml } from "../../src/config/write.ts";
import { encodePng } from "../../src/images/decode.ts";
import { writeResult } from "../../src/results/evaluation-files.ts";
import { resultOf } from "../../src/results/evaluation-result.ts";
import { createRun, openRun } from "../../src/run/folder.ts";
import { openMetrics } from "../../src/run/metrics.ts";
import { networkOptions } from "../../src/train/network.ts";
import { openSets, type Sets } from "../../src/train/training.ts";
import { makeCheckpoint } from "../checkpoint/support.ts";
import { protocolOf } from "../evaluate/saved-result.ts";
import { logitsOf } from "../statistics/scores.ts";

export interface MadeUp {
  readonly classes?: readonly string[];
  /** Pictures of each class. */
  readonly perClass?: number;
  /** How a picture's file is called, without its number and `.png`. */
  readonly fileName?: string;
  readonly runName?: string;
  readonly evaluated?: boolean;
  /** Of the validation at an epoch, from 1 on. */
  readonly top1?: (epoch: number) => number;
  readonly validationLoss?: (epoch: number) => number;
}

export const madeUpEpochs = 6;
const stepsPerEpoch = 10;

/** The run's folder, below `root`. */
export async function makeUpRun(root: string, asked: MadeUp = {}): Promise<string> {
  const { classes = ["cat", "dog", "owl"], perClass = 12, fileName = "picture", runName = "made-up" } = asked;
  const list = await writePictures(join(root, "photos"), classes, perClass, fileName);
  const { experiment } = parseExperiment(
    `name: made-up
network: { name: bn-inception, width: 0.1, stemStride: 1 }
data: { train: ${JSON.stringify(list)}, validation: { holdOut: 0.4 }, size: 32 }
train: { epochs: ${madeUpEpochs}, batch: 4, learningRate: 0.02 }
`,
    join(root, "made-up.yaml"),
    [],
    { pictures: classes.length * perClass, classes: classes.length },
  );
  const sets = await openSets(experiment);
  const circumstances = {
    argv: ["train", "made-up.yaml"],
    versions: { inception: "0.1.0" },
    arithmetic: { precision: "float32", threads: 2 },
    dataFingerprint: sets.train.fingerprint,
  };
  const first = createRun(join(root, "runs"), runName, toYaml(experiment), circumstances);
  first.began(0);
  first.close(75);
  const resumed = openRun(first.path, circumstances);
  resumed.began(3 * stepsPerEpoch);
  writeMetrics(resumed, sets, asked);
  const state = {
    ...makeCheckpoint(1).state,
    network: networkOptions(experiment, classes),
    classes: [...sets.train.classes],
  };
  writeCheckpoint(resumed.checkpoints, { ...makeCheckpoint(madeUpEpochs * stepsPerEpoch), state });
  resumed.close(0);
  if (asked.evaluated ?? true) evaluate(join(resumed.path, "eval", "step-60-average"), sets);
  return resumed.path;
}

/** A list file of small pictures, each in a grey of its own. */
async function writePictures(folder: string, classes: readonly string[], perClass: number, fileName: string) {
  mkdirSync(folder, { recursive: true });
  const [width, height] = [24, 16];
  const lines: string[] = [];
  for (const [number, label] of classes.entries())
    for (let i = 0; i < perClass; i++) {
      const file = `${fileName} ${number}-${i}.png`;
      const pixels = new Uint8Array(width * height * 3).fill((37 * number + 11 * i) % 256);
      writeFileSync(join(folder, file), await encodePng(pixels, width, height));
      lines.push(JSON.stringify({ path: file, label }));
    }
  const list = join(folder, "list.jsonl");
  writeFileSync(list, `${lines.join("\n")}\n`);
  return list;
}

function writeMetrics(run: Parameters<typeof openMetrics>[0], sets: Sets, asked: MadeUp): void {
  const { top1 = (epoch) => 0.4 + 0.08 * epoch, validationLoss = (epoch) => 1 / epoch } = asked;
  const metrics = openMetrics(run);
  for (let step = 2; step <= madeUpEpochs * stepsPerEpoch; step += 2) {
    const epoch = step / stepsPerEpoch;
    const figures = { loss: 1.1 / (1 + epoch), gradientNorm: 2 / epoch, learningRate: 0.02 * (1 - epoch / 7) };
    metrics.append({ kind: "train", step, epoch, ...figures, seconds: 0.5, waited: 0.1 });
    if (step % stepsPerEpoch !== 0) continue;
    const raw = { top1: top1(epoch) - 0.05, top5: 1, loss: validationLoss(epoch) + 0.1 };
    const average = { averageTop1: top1(epoch), averageTop5: 1, averageLoss: validationLoss(epoch) };
    metrics.append({ kind: "validation", step, n: sets.validation.items.length, ...raw, ...average });
  }
  metrics.sync();
  metrics.close();
}

/** Every fifth picture is taken for the next class; the confidences differ. */
function evaluate(folder: string, { validation }: Sets): void {
  const { classes, items } = validation;
  const rows = items.map(({ label }, i) => {
    const taken = i % 5 === 0 ? (label + 1) % classes.length : label;
    const most = 0.5 + (0.45 * ((i * 7) % 10)) / 10;
    return classes.map((_, number) => (number === taken ? most : (1 - most) / (classes.length - 1)));
  });
  const scores = {
    classes,
    names: items.map(({ name }) => name),
    labels: Int32Array.from(items, ({ label }) => label),
    logits: logitsOf(rows.flat()),
    fingerprint: validation.fingerprint,
    listed: items.length,
    rejected: [],
    protocol: protocolOf("made up"),
  };
  writeResult(folder, resultOf(scores, { source: validation.path }));
}
