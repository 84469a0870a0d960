// However a set is cut into shards: labels, batches and bits of the same pictures in folders.
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  type Batch,
  type Decoders,
  evaluationBatches,
  startDecoders,
  trainingBatches,
} from "../../../src/images/batches.ts";
import { encodePng } from "../../../src/images/decode.ts";
import { type Listing, openSource } from "../../../src/images/sources/source.ts";
import { folder, useScratch } from "./scratch.ts";
import { type Entry, tar } from "./tar-file.ts";

useScratch();

let decoders: Decoders;
beforeAll(() => {
  decoders = startDecoders(1);
});
afterAll(() => decoders.close());

const augment = {
  crop: "area",
  area: [0.08, 1],
  aspect: [3 / 4, 4 / 3],
  flip: true,
  color: "fast",
  trivialAugment: false,
  erase: null,
} as const;

async function seen(listing: Listing): Promise<Batch[]> {
  const common = {
    decoders,
    listing,
    size: 16,
    batch: 3,
    jpegReduction: "auto",
    onBad: ({ name, reason }: { name: string; reason: string }) => {
      throw new Error(`${name}: ${reason}`);
    },
  } as const;
  const batches: Batch[] = [];
  const training = { ...common, augment, mix: null, sampling: "balanced", seed: 3, start: 1, end: 5 } as const;
  for await (const batch of trainingBatches(training)) batches.push(batch);
  for await (const batch of evaluationBatches({ ...common, preset: "tf" })) batches.push(batch);
  return batches;
}

const picture = fc.record({
  key: fc.string({ unit: fc.constantFrom("a", "Z", "0", "-", "é", "\u{1f989}"), minLength: 1, maxLength: 4 }),
  label: fc.constantFrom("cat", "dog", "owl"),
  shade: fc.nat(255),
  shard: fc.nat(2),
});
const set = fc
  .uniqueArray(picture, { selector: ({ key, label }) => `${label}/${key}`, minLength: 4, maxLength: 9 })
  .filter((pictures) => new Set(pictures.map(({ label }) => label)).size > 1);

test("a shard set and its pictures in folders give the same labels, batches and bits", async () => {
  let run = 0;
  await fc.assert(
    fc.asyncProperty(set, fc.constantFrom(".cls", ".json"), async (pictures, form) => {
      const place = join(folder, String(run++));
      await mkdir(join(place, "shards"), { recursive: true });
      const shards: Entry[][] = [[], [], []];
      for (const { key, label, shade, shard } of pictures) {
        const png = await encodePng(
          Uint8Array.from({ length: 20 * 30 * 3 }, (_, at) => (at * shade) % 251),
          20,
          30,
        );
        await mkdir(join(place, "tree", label), { recursive: true });
        await writeFile(join(place, "tree", label, `${key}.png`), png);
        shards[shard]!.push(
          { name: `${label}/${key}.png`, text: png },
          { name: `${label}/${key}${form}`, text: form === ".cls" ? label : JSON.stringify({ label }) },
        );
      }
      for (const [at, entries] of shards.entries())
        await writeFile(join(place, "shards", `s${at}.tar`), await tar(entries));
      const [tree, cut] = [await openSource(join(place, "tree")), await openSource(join(place, "shards"))];
      expect(cut.fingerprint).toBe(tree.fingerprint);
      expect(await seen(cut)).toEqual(await seen(tree));
    }),
    { numRuns: 15 },
  );
});
