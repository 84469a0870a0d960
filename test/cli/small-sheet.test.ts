import { expect, test } from "vitest";
import { smallSheet } from "../../src/cli/small-sheet.ts";
import { contactSheet } from "../../src/images/contact-sheet.ts";
import { decodePicture } from "../../src/images/decode.ts";

/** Noise, of which no PNG makes less. */
function noise(count: number, size: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length: count * size * size * 3 }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return state >>> 24;
  });
}

test("a sheet of large pictures has at most 2 MB, with smaller ones; of small ones they stay as they are", async () => {
  const large = await smallSheet({ images: noise(9, 400), count: 9, size: 400, columns: 3 });
  expect(large.png.length).toBeLessThanOrEqual(2e6);
  expect(large.side).toBeLessThan(400);
  expect(large.side).toBeGreaterThan(200);
  const small = await smallSheet({ images: noise(4, 40), count: 4, size: 40, columns: 2, labels: ["a", "b"] });
  expect(small.side).toBe(40);
  const { pixels } = await decodePicture(small.png, "sheet.png");
  expect(Buffer.compare(pixels, contactSheet(noise(4, 40), 4, 40, 2, ["a", "b"]).pixels)).toBe(0);
});

test("a legend stands at the foot of a sheet", () => {
  const images = new Uint8Array(40 * 40 * 3).fill(90);
  const [without, withIt] = [[], ["M: mirrored", "C: centre"]].map((legend) =>
    contactSheet(images, 1, 40, 1, [], legend),
  );
  expect(withIt!.height).toBe(without!.height + 2 * 9);
  const foot = withIt!.pixels.subarray(without!.height * without!.width * 3);
  expect(foot.filter((value) => value === 0).length).toBeGreaterThan(3 * 60);
});
