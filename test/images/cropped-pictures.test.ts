// Pictures with their crops, decoded ahead: in order, each once, and never more of them than agreed.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { croppedPictures } from "../../src/images/cropped-pictures.ts";
import { encodePng } from "../../src/images/decode.ts";
import { type Decoders, startDecoders } from "../../src/images/decoders.ts";
import { preparePicture } from "../../src/images/prepare.ts";
import { readPicture } from "../../src/images/source-lost.ts";
import type { Item } from "../../src/images/sources/source.ts";

let decoders: Decoders;
let items: Item[];
beforeAll(async () => {
  decoders = startDecoders(2);
  items = await Promise.all(
    Array.from({ length: 9 }, async (_, i): Promise<Item> => {
      const pixels = Uint8Array.from({ length: 30 * 20 * 3 }, (_, at) => (at * (i + 3)) % 256);
      const bytes = i === 4 ? Buffer.from("no picture") : await encodePng(pixels, 30, 20);
      return { name: `${i}.png`, label: i % 2, source: { bytes } };
    }),
  );
});
afterAll(() => decoders.close());

const options = { preset: "tf", jpegReduction: "auto", size: 8, start: 0, batch: 5 } as const;

test.each(["single", "12", "144"] as const)(
  "%s: every picture in order, with its crops or the reason",
  async (protocol) => {
    const treatment = protocol === "single" ? ({ preset: "tf", jpegReduction: "auto" } as const) : { crops: protocol };
    for (const start of [0, 3]) {
      let index = start;
      for await (const picture of croppedPictures({ ...options, decoders, listing: { items }, protocol, start })) {
        expect([picture.index, picture.item.name]).toEqual([index, `${index}.png`]);
        if (index === 4) expect(picture).toMatchObject({ reason: expect.stringMatching(/not a picture/) });
        else {
          if (!("crops" in picture)) throw new Error("expected its crops");
          expect([...picture.crops]).toEqual([...(await preparePicture(items[index]!, 8, treatment))]);
          const bytes = await readPicture(items[index]!.source);
          expect(picture.digest).toBe(createHash("sha256").update(bytes).digest("hex").slice(0, 16));
        }
        index += 1;
      }
      expect(index).toBe(9);
    }
  },
);

test("however many pictures there are, a few buffers serve them", async () => {
  const buffers = new Set<ArrayBufferLike>();
  let open = 0;
  let most = 0;
  const counting: Decoders = {
    atOnce: 2,
    close: async () => {},
    decode: async ({ target }) => {
      buffers.add(target.buffer);
      most = Math.max(most, ++open);
      await new Promise((resolve) => setImmediate(resolve));
      open -= 1;
      return undefined;
    },
  };
  const listing = { items: Array.from({ length: 500 }, () => items[0]!) };
  let seen = 0;
  for await (const _ of croppedPictures({ ...options, decoders: counting, listing, protocol: "144" })) seen += 1;
  expect(seen).toBe(500);
  expect(most).toBeLessThanOrEqual(3);
  expect(buffers.size).toBeLessThanOrEqual(4);
});

test("a caller that stops early leaves nothing in work", async () => {
  for await (const { index } of croppedPictures({ ...options, decoders, listing: { items }, protocol: "12" }))
    if (index === 2) break;
  await expect(
    decoders.decode(
      {
        item: items[0]!,
        size: 8,
        treatment: { preset: "tf", jpegReduction: "auto" },
        target: new Uint8Array(new SharedArrayBuffer(192)),
      },
      new AbortController().signal,
    ),
  ).resolves.toBeUndefined();
});
