// What `inception data check`, `data index`, `predict` and `eval --crops-preview` print with --json.
import { z } from "zod";
import { protocols } from "../../images/protocols.ts";

const count = z.int().min(0);
const pixels = z.number();

const copies = z.array(
  z.array(
    z.strictObject({
      source: z.string(),
      name: z.string(),
      class: z.string(),
      heldOut: z.boolean().describe("Among the tenth that training holds out where nothing else is said"),
    }),
  ),
);

export const dataCheckSchema = z.strictObject({
  schema: z.literal("inception.data-check/2"),
  sources: z.array(
    z.strictObject({
      source: z.string(),
      pictures: count,
      classes: z.array(z.strictObject({ name: z.string(), pictures: count })),
      unreadable: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
      warnings: z.array(z.string()),
      fingerprint: z.string().describe("Of names, classes and sizes of the pictures"),
    }),
  ),
  same: copies.describe("Pictures of the same bytes, of all sources together"),
  near: copies.describe("Pairs that look the same but for size, format or compression"),
});

export const dataIndexSchema = z.strictObject({
  schema: z.literal("inception.data-index/1"),
  source: z.string(),
  stopped: z.boolean().describe("Whether Ctrl-C came before the last shard"),
  shards: z.array(
    z.strictObject({
      shard: z.string(),
      state: z.enum(["made", "kept", "verified", "differs"]).describe("kept: it had an index of this very file"),
      pictures: count,
      differences: z.array(z.string()).describe("From its index, with --verify"),
    }),
  ),
});

export const predictSchema = z.strictObject({
  schema: z.literal("inception.predict/1"),
  model: z.string().describe("Its checkpoint"),
  resize: z.string().describe("How pictures were brought to the network's size"),
  predictions: z.array(
    z.strictObject({
      image: z.string(),
      top: z
        .array(z.strictObject({ class: z.string(), probability: z.number().min(0).max(1) }))
        .describe("The most probable first"),
      accepted: z.boolean().optional().describe("Whether the first reaches --threshold; left out without it"),
    }),
  ),
  rejected: z.array(z.strictObject({ name: z.string(), reason: z.string() })).describe("Pictures that cannot be read"),
});

export const cropsSchema = z.strictObject({
  schema: z.literal("inception.eval.crops/1"),
  image: z.string(),
  width: count,
  height: count,
  size: count.describe("Height and width of a crop in pixels"),
  protocol: z.enum(protocols),
  resize: z.string().describe("How the picture was brought to its scales"),
  crops: z
    .array(
      z.strictObject({
        scale: count.describe("Short side of the resized picture"),
        square: z.enum(["first", "centre", "last"]),
        anchor: z.enum(["centre", "top left", "top right", "bottom left", "bottom right", "whole"]),
        box: z.strictObject({ left: pixels, top: pixels, width: pixels, height: pixels }),
        mirrored: z.boolean(),
      }),
    )
    .describe("In the order of the sheet; empty for a single crop"),
  output: z.string().describe("The sheet"),
});
