// What an experiment file may say: every key with its type, range, default and one line of explanation.
import { z } from "zod";
import { canonical } from "../network/canonical.ts";
import { auxiliaries, auxiliaryPairs, earlyStems, stems } from "../network/options.ts";
import { pixelsSchema } from "../network/preprocessing.ts";
import { classWeightsKey, samplingKey } from "./balance.ts";
import { divergenceKeys } from "./divergence.ts";
import { earlyStoppingKeys } from "./early-stopping.ts";
import { bnInceptionKeys, googLeNetKeys } from "./early-switches.ts";
import { fineTuningKeys } from "./fine-tuning.ts";
import { defaultRecipe, recipeNames } from "./recipes.ts";
import { switchKeys } from "./switches.ts";
import { optimizerSchema, scheduleSchema } from "./updates.ts";
import { variationKeys } from "./variation.ts";

export { optimizerSchema, scheduleSchema } from "./updates.ts";

const share = z.number().min(0).max(1);
const belowOne = z.number().min(0).lt(1);
const positive = z.number().positive();
const count = z.int().positive();
/** Left out, it is what the paper gives with the network: null here, and filled in at the end. */
const ofNetwork = (schema: z.ZodType<number, number>) => schema.optional().transform((value) => value ?? null);

const networkKeys = {
  classes: z.int().min(2).optional().describe("Number of classes; taken from the data when left out"),
  stemStride: z
    .union([z.literal(1), z.literal(2)])
    .default(2)
    .describe("Stride of the first convolution; 1 for the low-resolution networks of Table 2"),
  stemPool: z.boolean().default(true).describe("Max pool after the first convolutions; false in the 79 px row"),
  width: z.number().positive().max(4).default(1).describe("Multiplies the filters of every convolution (at least 16)"),
  bnScale: z.boolean().default(true).describe("Batch norm learns a scale (gamma) beside its offset"),
  poolDivisor: z
    .enum(["valid", "full"])
    .default("valid")
    .describe("Average pools divide by the real pixels (TensorFlow) or by the kernel's area (torchvision)"),
  dropout: belowOne.default(0.2).describe("Share of features dropped before the classifier"),
  ...switchKeys,
};
const stem = z.enum(stems).describe("First layers: Table 3's 7x7, its separable form, three 3x3, or Table 1");
const auxiliary = z
  .enum(auxiliaries)
  .describe(
    "Auxiliary head: off, batch norm on its convolution only, on both, dropout in place of the second, or none",
  );

const { classes, stemStride, stemPool, width, bnScale, poolDivisor } = networkKeys;
const earlyKeys = {
  classes,
  stemStride: stemStride.describe("Stride of the first convolution; 1 for small pictures"),
  stemPool: stemPool.describe("Max pool after the first convolution; false for small pictures"),
  width,
};
const earlyStem = z.enum(earlyStems).describe("First layer: a 7x7 convolution, or its separable form");

export const networkSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("googlenet").describe("GoogLeNet of arXiv 1409.4842: local response norms, biases, two heads"),
    stem: earlyStem.default("conv7x7"),
    auxiliary: z.enum(auxiliaryPairs).default("both").describe("Auxiliary heads: off, or both"),
    ...earlyKeys,
    dropout: belowOne.default(0.4).describe("Share of features dropped before the classifier"),
    auxiliaryDropout: belowOne.default(0.7).describe("Share of features dropped before the auxiliary classifiers"),
    ...googLeNetKeys,
  }),
  z.strictObject({
    name: z.literal("bn-inception").describe("BN-Inception of arXiv 1502.03167 (TF-Slim's inception_v2)"),
    stem: earlyStem.default("conv7x7-separable"),
    poolProj4cd: z
      .union([z.literal(96), z.literal(128)])
      .default(96)
      .describe("Maps of the pool's branch in 4c and 4d: 96 (TF-Slim, the paper's output sizes), 128 (its filters)"),
    ...bnInceptionKeys,
    ...earlyKeys,
    bnScale,
    poolDivisor,
    dropout: belowOne.default(0).describe("Share of features dropped before the classifier"),
  }),
  z.strictObject({
    name: z.literal("inception-v2").describe("Inception-v2 of arXiv 1512.00567 (not the BN-Inception of TF-Slim)"),
    stem: stem.default("conv7x7"),
    auxiliary: auxiliary.default("conv-norm"),
    ...networkKeys,
  }),
  z.strictObject({
    name: z.literal("inception-v3").describe("Inception-v3: the last row of Table 3"),
    stem: stem.default("conv3x3x3"),
    auxiliary: auxiliary.default("bn"),
    ...networkKeys,
  }),
]);

const holdOut = z
  .strictObject({
    holdOut: belowOne.describe("Share of the training pictures held out, chosen by hash of the file name"),
  })
  .describe("Hold out part of the training set");

export const dataSchema = z.strictObject({
  train: z.string().describe("A folder with one folder for each class, a list file (.csv, .jsonl), or a tar archive"),
  validation: z
    .union([z.string(), holdOut])
    .default({ holdOut: 0.1 })
    .describe("A second source, or the share of the first to hold out"),
  size: ofNetwork(z.int().min(16)).describe(
    "Height and width of the network's input in pixels; left out, 224 for googlenet and bn-inception, else 299",
  ),
  pixels: pixelsSchema.prefault({}).describe("What a byte becomes to the network: (byte * scale - mean) / deviation"),
  ...samplingKey,
  onBadImage: z.enum(["fail", "skip"]).default("fail").describe("What an unreadable picture does; skip lists them"),
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
  microBatch: count
    .optional()
    .describe("Pictures at a time; gradients are summed until a batch is full, batch norm sees these only"),
  precision: z.enum(["auto", "float32", "bfloat16"]).default("auto").describe("auto: bfloat16 where the CPU has it"),
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
    .strictObject({ everySteps: count.default(10).describe("Steps between two lines of metrics") })
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
