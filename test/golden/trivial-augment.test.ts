// Each of TrivialAugment's operations at each strength gives torchvision's bytes: trivial_augment.py made the hashes.
import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { type Operation, type OperationName, operations } from "../../src/images/augment/trivial-augment.ts";
import golden from "./trivial-augment.json" with { type: "json" };

const side = 45;

/** Waves of three lengths with a share of noise, each channel in a range of its own. */
const picture = (): Uint8Array =>
  Uint8Array.from({ length: side * side * 3 }, (_, i) => {
    const [channel, at] = [i % 3, Math.floor(i / 3)];
    const [x, y] = [at % side, Math.floor(at / side)];
    const wave = (x * (3 + channel) + y * (5 - channel)) % 256;
    const noise = Math.imul(i, 2654435761) >>> 24;
    return 20 + 10 * channel + Math.floor(((wave * 3 + noise) * (190 - 20 * channel)) / 1024);
  });
const digest = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex").slice(0, 16);

test("the picture is the one of the script, and the operations are torchvision's", () => {
  expect(digest(picture())).toBe(golden.picture);
  expect(golden.operations.map(({ name }) => name)).toEqual(Object.keys(operations));
});

describe.each(golden.operations)("$name", ({ name, signed, magnitudes, sha256 }) => {
  const operation: Operation = operations[name as OperationName];

  test("has torchvision's strengths", () => {
    expect(operation.magnitudes ?? [0]).toEqual(magnitudes);
    expect(operation.signed ?? false).toBe(signed);
  });

  test("gives its bytes at each of them", () => {
    const values = [...magnitudes, ...(signed ? magnitudes.map((value) => -value) : [])];
    const made = values.map((value) => digest(operations[name as OperationName].apply(picture(), side, value)));
    expect(made).toEqual(sha256);
  });
});
