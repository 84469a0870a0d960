// How pictures reach a network: a plain value that travels with its weights.
import { z } from "zod";
import { largestSize } from "./options.ts";

const each = z.tuple([z.number(), z.number(), z.number()]);

/** What a network was trained to see in the place of a byte: (byte * scale - mean) / deviation, in its order of channels. */
const pixelsShape = {
  order: z.enum(["RGB", "BGR"]).default("RGB").describe("Order of the channels"),
  scale: z
    .number()
    .positive()
    .default(2 / 255)
    .describe("What a byte is multiplied by"),
  mean: each.default([1, 1, 1]).describe("Subtracted from each channel, in that order, after scaling"),
  deviation: z
    .tuple([z.number().positive(), z.number().positive(), z.number().positive()])
    .default([1, 1, 1])
    .describe("Each channel is divided by it, at last"),
};
export const pixelsSchema = z.strictObject(pixelsShape);

/** What an earlier checkpoint leaves out is what every network had then: RGB in [-1, 1] and no background. */
export const preprocessingSchema = z.strictObject({
  /** Side of the square input in pixels. */
  size: z.int().min(1).max(largestSize),
  /** How a single crop is cut and resized. */
  preset: z.enum(["tf", "torchvision", "timm"]),
  /** Whether a crop of the picture is seen, or all of it. */
  fit: z.enum(["crop", "letterbox", "squash"]).default("crop"),
  /** Whether JPEGs that are shrunk a lot may be reduced by their decoder. */
  jpegReduction: z.enum(["auto", "off"]).default("auto"),
  ...pixelsShape,
  /** Whether the first class is one that no picture has (1001 classes for ImageNet's 1000). */
  background: z.boolean().default(false),
});

export type Preprocessing = z.output<typeof preprocessingSchema>;
export type Pixels = Pick<Preprocessing, keyof typeof pixelsShape>;

/** The RGB bytes that come nearest to what is 0 to the network. */
export function zeroColor({ order, scale, mean }: Pixels): readonly [number, number, number] {
  const [first, second, third] = mean.map((value) => Math.min(255, Math.max(0, Math.round(value / scale))));
  return order === "RGB" ? [first!, second!, third!] : [third!, second!, first!];
}

/** What each byte is to the network, in float32 as its own graph computes it: 256 numbers for each channel, in its order. */
export const levelsOf = ({ scale, mean, deviation }: Pixels): readonly Float32Array[] =>
  mean.map((centre, channel) =>
    Float32Array.from({ length: 256 }, (_, byte) => {
      const centred = Math.fround(Math.fround(byte * Math.fround(scale)) - Math.fround(centre));
      return centred / Math.fround(deviation[channel]!);
    }),
  );

/** Which of RGB each channel is, in the network's order. */
export const channelsOf = ({ order }: Pick<Pixels, "order">): readonly number[] =>
  order === "RGB" ? [0, 1, 2] : [2, 1, 0];

/** RGB in [-1, 1]. */
export const unitRange: Pixels = pixelsSchema.parse({});
