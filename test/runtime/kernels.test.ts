import { afterEach, expect, test } from "vitest";
import { kernels, kernelsVariable } from "../../src/runtime/kernels.ts";

const before = process.env[kernelsVariable];
afterEach(() => {
  if (before === undefined) delete process.env[kernelsVariable];
  else process.env[kernelsVariable] = before;
});

test.each([
  [undefined, ["avx2"], "own"],
  ["auto", ["avx2", "avx512f"], "own"],
  ["", ["asimd"], "tensorflow"],
  ["tensorflow", ["avx2"], "tensorflow"],
  ["own", ["avx2"], "own"],
] as const)("INCEPTION_KERNELS=%s with %j: %s", (wish, features, expected) => {
  if (wish === undefined) delete process.env[kernelsVariable];
  else process.env[kernelsVariable] = wish;
  for (const precision of ["float32", "bfloat16"] as const) expect(kernels(precision, features)).toBe(expected);
});

test("bfloat16 in tiles is TensorFlow's, unless ours is asked for", () => {
  const features = ["avx2", "avx512f", "avx512_bf16", "amx_bf16"];
  delete process.env[kernelsVariable];
  expect([kernels("bfloat16", features), kernels("float32", features)]).toEqual(["tensorflow", "own"]);
  process.env[kernelsVariable] = "own";
  expect(kernels("bfloat16", features)).toBe("own");
});

test.each([
  ["own", ["asimd"], /^INCEPTION_KERNELS: expected a processor with AVX2 for the project's own kernels, got none$/],
  [
    "package.json",
    ["asimd"],
    /^INCEPTION_KERNELS: expected a processor with AVX2 for the project's own kernels, got none$/,
  ],
  ["fast", ["avx2"], /^INCEPTION_KERNELS: expected auto, tensorflow, own or a file, got "fast"$/],
] as const)("INCEPTION_KERNELS=%s with %j is refused", (wish, features, sentence) => {
  process.env[kernelsVariable] = wish;
  expect(() => kernels("float32", features)).toThrow(sentence);
});
