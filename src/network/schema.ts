// The options of a network as a schema: what an experiment file and a checkpoint may ask for.
import { z } from "zod";
import { bnInceptionKeys, googLeNetKeys } from "./early-switch-keys.ts";
import { auxiliaries, auxiliaryPairs, earlyStems, mostClasses, stems } from "./options.ts";
import { switchKeys } from "./switch-keys.ts";

const belowOne = z.number().min(0).lt(1);

const networkKeys = {
  classes: z.int().min(2).max(mostClasses).optional().describe("Number of classes; taken from the data when left out"),
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
