// What an experiment file may say: every key with its type, range, default and one line of explanation.
import { z } from "zod";
import { canonical } from "../network/canonical.ts";
import { largestSize } from "../network/options.ts";
import { pixelsSchema } from "../network/preprocessing.ts";
import { networkSchema } from "../network/schema.ts";
import { classWeightsKey, samplingKey } from "./balance.ts";
import { divergenceKeys } from "./divergence.ts";
import { earlyStoppingKeys } from "./early-stopping.ts";
import { fineTuningKeys } from "./fine-tuning.ts";
import { defaultRecipe, recipeNames } from "./recipes.ts";
import { optimizerSchema, scheduleSchema } from "./updates.ts";
import { variationKeys } from "./variation.ts";

export { optimizerSchema, scheduleSchema } from "./updates.ts";

const share = z.number().min(0).max(1);
const belowOne = z.number().min(0).lt(1);
const positive = z.number().positive();
const count = z.int().positive();
/** Left out, it is what the paper gives with the network: null here, and filled in at the end. */
const ofNetwork = (schema: z.ZodType<number, number>) => schema.optional().transform((value) => value ?? null);

const holdOut = z
  .strictObject({
    holdOut: belowOne.describe("Share of the training pictures held out, chosen by hash of the file name"),
  })
  .describe("Hold out part of the training set");

export const dataSchema = z.strictObject({
  train: z
    .string()
    .describe(
      "A folder with one folder for each class, a list file (.csv, .jsonl), a tar archive, or WebDataset shards",
    ),
  validation: z
    .union([z.string(), holdOut])
    .default({ holdOut: 0.1 })
    .describe("A second source, or the share of the first to hold out"),
  size: ofNetwork(z.int().min(16).max(largestSize)).describe(
    "Height and width of the network's input in pixels; left out, 224 for googlenet and bn-inception, else 299",
  ),
  pixels: pixelsSchema.prefault({}).describe("What a byte becomes to the network: (byte * scale - mean) / deviation"),
  ...samplingKey,
  onBadImage: z
    .enum(["fail", "skip"])
    .default("fail")
    .describe("What an unreadable picture does: end the run, or be listed, another in its place"),
  badImageLimit: share
    .default(0.01)
    .describe("Largest share of the pictures that onBadImage: skip leaves out; with more the run saves and ends"),
  jpegReduction: z
    .enum(["auto", "off"])
    .default("auto")
    .describe("Whether JPEGs that are shrunk seven times and more may be reduced by their decoder: faster, not exact"),
  decoders: count.optional().describe("Decoding threads; as many as cores when left out. Never changes a result"),
});

export const augmentSchema = z.strictObject({
  crop: z
    .enum(["area", "tensorflow", "none"])
    .default("area")
    .describe("Random crop: by area (GoogLeNet, torchvision), by TensorFlow's distorted bounding box, or centre only"),
  area: z
    .tuple([share, share])
    .default([0.08, 1])
    .describe("Smallest and largest share of the picture's area that a crop takes"),
  aspect: z
    .tuple([positive, positive])
    .default([3 / 4, 4 / 3])
    .describe("Smallest and largest width over height"),
  flip: z.boolean().default(true).describe("Mirror half of the pictures"),
  color: z.enum(["off", "fast", "slow"]).default("fast").describe("Colour distortions of the Inception recipe"),
  ...variationKeys,
});

export const trainSchema = z.strictObject({
  epochs: positive.optional().describe("Length of the run in passes over the training set (or give steps)"),
  steps: count.optional().describe("Length of the run in steps (or give epochs)"),
  ...earlyStoppingKeys,
  ...divergenceKeys,
  ...fineTuningKeys,
  batch: count.default(32).describe("Pictures in a step"),
  size: z
    .int()
    .min(16)
    .max(largestSize)
    .optional()
    .describe("Height and width of training crops in pixels; data.size when left out. Smaller is faster"),
  microBatch: count
    .optional()
    .describe("Pictures at a time; gradients are summed until a batch is full, batch norm sees these only"),
  device: z
    .enum(["auto", "cpu", "cuda"])
    .default("auto")
    .describe("What computes. auto: a GPU that set-up got CUDA for, else the processor. Changes last bits"),
  compile: z
    .enum(["auto", "on", "off"])
    .default("auto")
    .describe(
      "Whether kernels are made for the step on a GPU: a minute or two at a first start, then faster. auto: in runs long enough to repay it",
    ),
  precision: z
    .enum(["auto", "float32", "bfloat16"])
    .default("auto")
    .describe("auto: bfloat16 where the processor, or the GPU, multiplies it"),
  learningRate: positive.default(0.045).describe("The full rate, which the schedule scales"),
  warmupEpochs: z.number().min(0).default(0).describe("Linear rise from zero over the first epochs"),
  schedule: scheduleSchema.prefault({ name: "exponential" }).describe("How the learning rate changes over the run"),
  optimizer: optimizerSchema.prefault({ name: "rmsprop" }).describe("How gradients become updates"),
  clipNorm: positive.nullable().default(2).describe("Global norm to which gradients are clipped; null for none"),
  weightDecay: z
    .number()
    .min(0)
    .default(0.00004)
    .describe(
      "L2 on weights, decay * sum(w^2)/2; with adamw and muon, times the rate, the share of them lost in a step",
    ),
  decayed: z
    .enum(["kernels", "all"])
    .default("kernels")
    .describe("Which weights decay: convolution and dense kernels, or biases, gammas and betas too"),
  labelSmoothing: belowOne.default(0.1).describe("Share of each label spread evenly over all classes (section 7)"),
  ...classWeightsKey,
  auxiliaryWeight: ofNetwork(z.number().min(0)).describe(
    "Weight of each auxiliary head's loss; left out, 0.3 for googlenet, else 0.4",
  ),
  averageDecay: z
    .number()
    .min(0)
    .max(1)
    .nullable()
    .default(0.9999)
    .describe(
      "Decay of the running average of parameters and batch-norm statistics, min(decay, (1+t)/(10+t)); null for none",
    ),
  batchNormDecay: belowOne
    .default(0.9997)
    .describe("Decay of batch norm's running mean and variance over a step, min(decay, (1+t)/(10+t))"),
});

const writtenSchema = z.strictObject({
  name: z
    .string()
    .max(100)
    .regex(/^[a-z0-9][a-z0-9._-]*$/i)
    .default("experiment")
    .describe("Names the run folder"),
  seed: z.int().min(0).default(42).describe("Every random choice follows from it"),
  recipe: z
    .enum(recipeNames)
    .default(defaultRecipe)
    .describe(
      "What keys that are left out have: scratch and finetune, values that follow from the number of pictures; paper, the defaults stated here",
    ),
  network: networkSchema.prefault({ name: "inception-v3" }).describe("Which network, and its switches"),
  data: dataSchema.describe("Which pictures, and how large the network sees them"),
  augment: augmentSchema.prefault({}).describe("How training pictures are varied"),
  train: trainSchema.prefault({}).describe("The recipe"),
  evaluate: z
    .strictObject({
      preset: z
        .enum(["tf", "torchvision", "timm"])
        .default("tf")
        .describe("Single-crop preprocessing: central 87.5% of each side, short side 8/7 and centre, or timm's"),
      fit: z
        .enum(["crop", "letterbox", "squash"])
        .default("crop")
        .describe(
          "Whether a crop is seen, or the whole picture: with its short side filled up, or squashed into a square",
        ),
      batch: count.default(32).describe("Pictures at a time; changes the last bits of a result at the most"),
      everyEpochs: positive
        .default(1)
        .describe("Epochs between two validations, each with a checkpoint; also within an epoch: 0.5 is twice in each"),
    })
    .prefault({})
    .describe("How the validation pictures are judged"),
  checkpoint: z
    .strictObject({
      everySteps: count
        .optional()
        .describe("Steps between two checkpoints, beside those at each epoch's end and validation"),
      everyMinutes: positive
        .nullable()
        .default(15)
        .describe("The most minutes of work that are not saved, whatever else is due; null for no such limit"),
      keep: count.default(3).describe("Newest checkpoints kept beside the best, but for what is due by the clock"),
    })
    .prefault({})
    .describe("What is saved"),
  log: z
    .strictObject({
      everySteps: count.default(10).describe("Steps between two lines of metrics"),
      tensorboard: z
        .boolean()
        .default(false)
        .describe("Write TensorBoard's event files into the run's folder: figures, first crops, confusion matrix"),
    })
    .prefault({})
    .describe("What is written down"),
});

export const experimentSchema = writtenSchema.transform((written) => {
  const { size, auxiliaryWeight } = canonical[written.network.name];
  return {
    ...written,
    data: { ...written.data, size: written.data.size ?? size },
    train: { ...written.train, auxiliaryWeight: written.train.auxiliaryWeight ?? auxiliaryWeight },
  };
});

/** As written in a file. */
export type WrittenExperiment = z.input<typeof experimentSchema>;
/** With every default filled in. */
export type Experiment = z.output<typeof experimentSchema>;
