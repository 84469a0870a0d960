// Room for decoded pictures: never more at once than there is, everyone's turn comes, and one that is too large has it alone.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import sharp from "sharp";
import { expect, test } from "vitest";
import { startDecoders } from "../../src/images/decoders.ts";
import { sharedBudget, takeRoom } from "../../src/images/memory-budget.ts";

/** Pixels of a MiB. */
const mebi = Math.floor(2 ** 20 / 12);

test("never more at once than there is", () =>
  fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 20 }), async (wanted) => {
      const shared = sharedBudget(16);
      let [used, most] = [0, 0];
      await Promise.all(
        wanted.map(async (mebibytes) => {
          const leave = await takeRoom(shared, mebibytes * mebi);
          const taken = Math.min(16, mebibytes);
          used += taken;
          most = Math.max(most, used);
          await sleep(0);
          used -= taken;
          leave();
        }),
      );
      expect(most).toBeLessThanOrEqual(16);
      expect(shared[0]).toBe(16);
    }),
    { numRuns: 30 },
  ));

test("decoding threads that have room for one picture at a time decode all, a damaged one among them", async () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-room-"));
  const file = join(folder, "large.png");
  await sharp({ create: { width: 700, height: 700, channels: 3, background: "#336699" } })
    .png()
    .toFile(file);
  const memory = sharedBudget(1);
  const decoders = startDecoders(3, memory);
  const target = () => new Uint8Array(new SharedArrayBuffer(8 * 8 * 3));
  const targets = Array.from({ length: 12 }, target);
  const treatment = { preset: "tf", jpegReduction: "off" } as const;
  const signal = new AbortController().signal;
  const reasons = await Promise.all([
    ...targets.map((pixels) =>
      decoders.decode(
        { item: { name: "large", label: 0, source: { file } }, size: 8, treatment, target: pixels },
        signal,
      ),
    ),
    decoders.decode(
      { item: { name: "bad", label: 0, source: { bytes: new Uint8Array(9) } }, size: 8, treatment, target: target() },
      signal,
    ),
  ]);
  await decoders.close();
  rmSync(folder, { recursive: true });
  expect(reasons.slice(0, -1)).toEqual(targets.map(() => undefined));
  expect(reasons.at(-1)).toMatch(/not a picture/);
  for (const pixels of targets) expect([...pixels.subarray(0, 3)]).toEqual([0x33, 0x66, 0x99]);
  expect(memory[0]).toBe(1);
});
