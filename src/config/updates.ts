// The keys of optimizers and schedules: how gradients become updates.
import { z } from "zod";

const share = z.number().min(0).max(1);
const belowOne = z.number().min(0).lt(1);
const positive = z.number().positive();

export const optimizerSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("sgd").describe("Plain gradient descent") }),
  z.strictObject({
    name: z.literal("momentum").describe("The paper's earlier experiments: gradients gathered with a decay"),
    momentum: belowOne.default(0.9).describe("Share of the last update kept in the next"),
    nesterov: z.boolean().default(false).describe("Look ahead along the momentum"),
  }),
  z.strictObject({
    name: z.literal("rmsprop").describe("TensorFlow's RMSProp: epsilon inside the root, accumulator starting at 1"),
    decay: belowOne.default(0.9).describe("Decay of the running mean of squared gradients"),
    momentum: belowOne.default(0.9).describe("Share of the last update kept in the next"),
    epsilon: positive.default(1).describe("Added to the mean square; the paper's 1 tames small gradients"),
  }),
  z.strictObject({
    name: z.literal("adamw").describe("Adam with decoupled weight decay (arXiv 1711.05101), as in PyTorch"),
    beta1: belowOne.default(0.9).describe("Decay of the running mean of gradients"),
    beta2: belowOne.default(0.999).describe("Decay of the running mean of squared gradients"),
    epsilon: positive.default(1e-8).describe("Added to the root of the mean square"),
  }),
  z.strictObject({
    name: z.literal("muon").describe("Convolutions turn by orthogonal matrices of their own size; the rest by Adam"),
    momentum: belowOne.default(0.95).describe("Decay of the running mean of gradients"),
    beta2: belowOne.default(0.99).describe("Decay of the running mean of squared gradients, for the rest"),
    restRate: positive.default(1).describe("Rate of biases, batch norm and classifier over that of convolutions"),
  }),
]);

export const scheduleSchema = z.discriminatedUnion("name", [
  z.strictObject({ name: z.literal("constant").describe("The same rate throughout") }),
  z.strictObject({
    name: z.literal("exponential").describe("The paper's staircase: times `factor` every `everyEpochs`"),
    factor: share.default(0.94).describe("What the rate is multiplied by"),
    everyEpochs: positive.default(2).describe("Epochs between two cuts"),
  }),
  z.strictObject({
    name: z.literal("cosine").describe("Half a cosine from the full rate down to `final`"),
    final: share.default(0).describe("Last rate over the full one"),
  }),
  z.strictObject({
    name: z.literal("one-cycle").describe("Up to the full rate in `rise` of the run, then down to `final`"),
    rise: belowOne.default(0.3).describe("Share of the run in which the rate rises"),
    start: share.default(0.04).describe("First rate over the full one"),
    final: share.default(0.0001).describe("Last rate over the full one"),
  }),
]);
