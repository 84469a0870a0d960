// What `inception explain` prints with --json.
import { z } from "zod";
import { methods } from "../../explain/method.ts";

const count = z.int().min(0);
const pixels = z.number();

const heat = z.strictObject({
  method: z.enum(methods),
  file: z.string().describe("The overlay"),
  peak: z
    .strictObject({ x: pixels, y: pixels, value: z.number() })
    .nullable()
    .describe("Where the class is seen most, in pixels of the picture; null where nothing speaks for it"),
  measured: z
    .array(z.array(z.number()))
    .describe("Rows from the top: of the layer's maps, or what each place of the patch takes from the probability"),
});

export const explainSchema = z.strictObject({
  schema: z.literal("inception.explain/1"),
  model: z.string().describe("Its checkpoint"),
  resize: z.string().describe("How pictures were brought to the network's size"),
  layer: z.string().nullable().describe("Whose maps Grad-CAM reads; null without it"),
  patch: z
    .strictObject({ side: count, stride: count })
    .nullable()
    .describe("Of occlusion, in pixels of the network's input; null without it"),
  explanations: z.array(
    z.strictObject({
      image: z.string(),
      width: count,
      height: count,
      seen: z
        .strictObject({ left: pixels, top: pixels, width: pixels, height: pixels })
        .describe("What the network's input shows, in pixels of the picture"),
      sheet: z.string().describe("The picture and all of its overlays"),
      classes: z
        .array(
          z.strictObject({
            class: z.string(),
            probability: z.number().min(0).max(1),
            isTrue: z.boolean().describe("Whether the picture is known to be of it"),
            heats: z.array(heat),
          }),
        )
        .describe("The most probable first; the true one stands last where it is not among them"),
    }),
  ),
  rejected: z.array(z.strictObject({ name: z.string(), reason: z.string() })).describe("Pictures that cannot be read"),
});
