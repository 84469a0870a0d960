import { expect, test } from "vitest";
import { difference } from "../../src/checkpoint/difference.ts";
import type { Tensor } from "../../src/checkpoint/safetensors.ts";
import type { Checkpoint } from "../../src/checkpoint/store.ts";
import { suitable } from "./suitable.ts";

/** The same with one tensor of its weights changed. */
function withTensor(name: string, change: (tensor: Tensor) => Tensor | undefined): Checkpoint {
  const weights = new Map(suitable.files.weights);
  const changed = change(weights.get(name)!);
  if (changed) weights.set(name, changed);
  else weights.delete(name);
  return { ...suitable, files: { ...suitable.files, weights } };
}
const name = [...suitable.files.weights.keys()][0]!;
const weightsOf = (other: Checkpoint) => difference(suitable, other).parts.find(({ part }) => part === "weights")!;

test("a checkpoint equals itself", () => {
  const found = difference(suitable, { ...suitable, files: { ...suitable.files } });
  expect(found).toMatchObject({ equal: true, state: [] });
  expect(found.parts.flatMap(({ tensors }) => tensors).every(({ differing }) => differing === 0)).toBe(true);
});

test("one number of other bits is found, however near, and a zero of the other sign", () => {
  const numbers = Float32Array.of(1, 2, 0, 4);
  const before = withTensor(name, () => ({ shape: [4], data: numbers }));
  for (const [place, value] of [
    [1, 2 + 2 ** -22],
    [2, -0],
  ] as const) {
    const data = Float32Array.from(numbers, (x, i) => (i === place ? value : x));
    const found = difference(
      before,
      withTensor(name, () => ({ shape: [4], data })),
    );
    expect(found.equal).toBe(false);
    const [tensor] = found.parts[0]!.tensors.filter(({ differing }) => differing > 0);
    expect(tensor).toMatchObject({ name, values: 4, differing: 1, largest: Math.abs(value - numbers[place]!) });
    expect(tensor!.relative).toBeCloseTo(Math.abs(value - numbers[place]!) / Math.sqrt(21), 12);
  }
});

test("a tensor of zeros has no relative distance", () => {
  const zeros = withTensor(name, () => ({ shape: [2], data: new Float32Array(2) }));
  const ones = withTensor(name, () => ({ shape: [2], data: Float32Array.of(1, 1) }));
  const [tensor] = difference(zeros, ones).parts[0]!.tensors.filter(({ differing }) => differing > 0);
  expect(tensor).toMatchObject({ differing: 2, largest: 1, relative: null });
});

test("a tensor that one alone has, or has in another shape, and a part that one alone has", () => {
  expect(weightsOf(withTensor(name, () => undefined))).toMatchObject({ onlyFirst: [name], onlySecond: [] });
  const { shape, data } = suitable.files.weights.get(name)!;
  const flat = withTensor(name, () => ({ shape: [...shape, 1], data }));
  expect(weightsOf(flat)).toMatchObject({ onlyFirst: [name], onlySecond: [name] });
  const { weights } = suitable.files;
  const alone = difference(suitable, { ...suitable, files: { weights } });
  expect(alone.equal).toBe(false);
  expect(alone.parts.map(({ part, onlyFirst }) => [part, onlyFirst.length > 0])).toEqual(
    alone.parts.map(({ part }) => [part, part !== "weights"]),
  );
});

test("position and settings, key by key", () => {
  const { classes, ...state } = suitable.state;
  const other = { ...suitable, step: suitable.step + 1, state: { ...state, classes: [...classes].reverse() } };
  expect(difference(suitable, other)).toMatchObject({
    equal: false,
    state: [`step: ${suitable.step} -> ${suitable.step + 1}`, 'classes: ["cat","dog"] -> ["dog","cat"]'],
  });
});
