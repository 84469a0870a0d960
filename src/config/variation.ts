// The keys of `augment` beside the Inception recipe's crops and colours.
import { z } from "zod";

const share = z.number().min(0).max(1);
const positive = z.number().positive();
const alpha = (usual: number, what: string) =>
  positive.default(usual).describe(`Parameter of the beta distribution of ${what}`);
const probability = (usual: number, of: string) =>
  share.default(usual).describe(`Share of the ${of} to which this is done`);
const mixProbability = probability(1, "batches");

const erase = z.strictObject({
  probability: probability(0.5, "pictures"),
  area: z
    .tuple([share, share])
    .default([0.02, 1 / 3])
    .describe("Smallest and largest share of the picture's area that is covered"),
  aspect: z.tuple([positive, positive]).default([0.3, 3.3]).describe("Smallest and largest height over width"),
  fill: z
    .enum(["mean", "noise"])
    .default("mean")
    .describe("What covers it: the colour that the network sees as 0, or any colour for each pixel"),
});

export const mixSchema = z.discriminatedUnion("name", [
  z.strictObject({
    name: z.literal("mixup").describe("Two pictures blended (arXiv 1710.09412)"),
    alpha: alpha(0.2, "a picture's share"),
    probability: mixProbability,
  }),
  z.strictObject({
    name: z.literal("cutmix").describe("A rectangle of another picture pasted in (arXiv 1905.04899)"),
    alpha: alpha(1, "the area that is kept"),
    probability: mixProbability,
  }),
  z.strictObject({
    name: z.literal("either").describe("MixUp or CutMix, by chance for each batch"),
    mixupAlpha: alpha(0.2, "a picture's share in MixUp"),
    cutmixAlpha: alpha(1, "the area that is kept in CutMix"),
    probability: mixProbability,
  }),
]);

export const variationKeys = {
  trivialAugment: z
    .boolean()
    .default(false)
    .describe("One operation of any strength for each picture: TrivialAugment (Wide) of arXiv 2103.10158"),
  erase: erase.nullable().default(null).describe("Cover a rectangle (random erasing, arXiv 1708.04896); null for none"),
  mix: mixSchema.nullable().default(null).describe("Mix pictures of a batch, and their labels; null for none"),
};
