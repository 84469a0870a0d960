import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { type Decoders, evaluationBatches, startDecoders, trainingBatches } from "../../src/images/batches.ts";
import { decodePicture, openPicture } from "../../src/images/decode.ts";
import { readEntries } from "../../src/images/sources/archive.ts";
import { holdOut, openSource } from "../../src/images/sources/source.ts";
import { variationOf } from "../../src/train/variation.ts";
import { needs, photographs } from "../needs.ts";

describe("photographs", needs("imagenette"), () => {
  let decoders: Decoders | undefined;
  afterAll(() => decoders?.close());
  const onBad = ({ name, reason }: { name: string; reason: string }) => expect.unreachable(`${name}: ${reason}`);

  test("imagenette is read from its archive, a tenth held out, in training and evaluation batches", async () => {
    const source = await openSource(join(photographs, "imagenette-train.tar"));
    expect(source.classes.length).toBe(10);
    expect(source.items.length).toBe(9469);
    const { train, validation } = holdOut(source, 0.1);
    expect(validation.items.length).toBeGreaterThan(850);
    expect(validation.items.length).toBeLessThan(1050);
    decoders = startDecoders(2);
    const common = { decoders, size: 64, batch: 16, jpegReduction: "auto", onBad } as const;
    const usual = variationOf(experimentSchema.parse({ data: { train: "photographs" } }));
    const training = trainingBatches({ ...common, listing: train, seed: 1, start: 0, end: 1, ...usual });
    const evaluation = evaluationBatches({ ...common, listing: validation, preset: "tf" });
    for (const batches of [training, evaluation]) {
      const { value } = await batches.next();
      await batches.return(undefined);
      expect(value?.count).toBe(16);
      const mean = value!.images.reduce((sum: number, byte: number) => sum + byte, 0) / value!.images.length;
      expect(mean).toBeGreaterThan(60);
      expect(mean).toBeLessThan(190);
    }
  });

  test("the samples are read, and a turned camera's picture stands upright", async () => {
    const { entries } = await readEntries(join(photographs, "imagenet-samples.tar"));
    expect(entries.size).toBe(256);
    const turned = [...entries.values()].find(({ name }) => name.endsWith("n02951585_can_opener.JPEG"))!;
    const opened = await openPicture(turned.bytes, turned.name);
    const whole = await opened.decode();
    expect([whole.width, whole.height]).toEqual([opened.width, opened.height]);
    const third = await opened.decode(3);
    expect(third.height > third.width).toBe(whole.height > whole.width);
    for (const { name, bytes } of [...entries.values()].filter((_, i) => i % 8 === 0))
      expect((await decodePicture(bytes, name)).pixels.length).toBeGreaterThan(0);
  });

  test.each(["sharp-giant-image.jpg", "sharp-65536-uint32-limit.png", "svg-named.jpg"])(
    "%s is refused within a second",
    async (bomb) => {
      const { entries } = await awkward();
      const { bytes } = entries.get(`awkward/${bomb}`)!;
      const start = performance.now();
      await expect(decodePicture(bytes, bomb)).rejects.toThrow(/cannot be read \(/);
      expect(performance.now() - start).toBeLessThan(1000);
    },
  );
});

let contents: ReturnType<typeof readEntries> | undefined;
const awkward = () => {
  contents ??= readEntries(join(photographs, "awkward-images.tar"));
  return contents;
};
