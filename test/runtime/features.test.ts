import { describe, expect, test } from "vitest";
import { choosePrecision, cpuFeatures, parseCpuInfo, vectorsOfKernels } from "../../src/runtime/features.ts";
import { needs } from "../needs.ts";

describe("the features of /proc/cpuinfo", () => {
  test("on x86: those that matter, from the first processor", () => {
    const text =
      "processor\t: 0\nflags\t\t: fpu sse2 avx2 avx512f avx512_bf16\n\nprocessor\t: 1\nflags\t\t: amx_bf16\n";
    expect(parseCpuInfo(text)).toEqual(["avx2", "avx512f", "avx512_bf16"]);
  });

  test("on ARM", () => {
    expect(parseCpuInfo("processor\t: 0\nFeatures\t: fp asimd sve bf16\n")).toEqual(["asimd", "sve", "bf16"]);
  });

  test("of a file without them: none", () => {
    expect(parseCpuInfo("processor : 0\n")).toEqual([]);
  });

  test("of this machine: avx2 or asimd, as TensorFlow's builds need", needs("linux"), () => {
    expect(cpuFeatures().some((feature) => ["avx2", "asimd"].includes(feature))).toBe(true);
  });
});

test.each([
  [[], "float32"],
  [["avx2", "avx512f"], "float32"],
  [["avx512_bf16"], "bfloat16"],
  [["amx_tile", "amx_bf16"], "bfloat16"],
] as const)("auto with %j is %s", (features, expected) => {
  expect(choosePrecision("auto", features)).toBe(expected);
});

test("a stated precision is taken as it is", () => {
  expect(choosePrecision("bfloat16", [])).toBe("bfloat16");
  expect(choosePrecision("float32", ["avx512_bf16"])).toBe("float32");
});

test.each([
  [["avx2"], "AVX2"],
  [["avx2", "avx512f"], "AVX-512"],
  [["avx2", "avx512f", "amx_bf16"], "AVX-512 and AMX"],
  [["asimd"], undefined],
] as const)("kernels with %j: %s", (features, vectors) => {
  expect(vectorsOfKernels(features)).toBe(vectors);
});
