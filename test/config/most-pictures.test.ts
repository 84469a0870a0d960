import { expect, test } from "vitest";
import { checkBatch } from "../../src/config/most-pictures.ts";

test("a batch of pictures is at most 2 GiB", () => {
  expect(() => checkBatch(8006, 299)).not.toThrow();
  for (const batch of [8007, 2 ** 53 - 1])
    expect(() => checkBatch(batch, 299)).toThrow(
      `--batch: expected at most 8006 pictures of 299 px at a time, got ${batch}`,
    );
});
