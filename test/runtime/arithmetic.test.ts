// What decides the last bits, as one value, and how two of them are told apart.
import { afterEach, expect, test } from "vitest";
import { type Arithmetic, arithmetic, differingKeys } from "../../src/runtime/arithmetic.ts";
import { loadBinding } from "../../src/runtime/binding.ts";
import { kernelsVariable } from "../../src/runtime/kernels.ts";
import { threads, threadsVariable } from "../../src/runtime/threads.ts";

const { [threadsVariable]: before } = process.env;
afterEach(() => {
  delete process.env.ONEDNN_MAX_CPU_ISA;
  if (before === undefined) delete process.env[threadsVariable];
  else process.env[threadsVariable] = before;
});

test("says what programs of this process compute with", () => {
  const found = arithmetic("bfloat16");
  expect(found).toMatchObject({
    precision: "bfloat16",
    kernels: process.env[kernelsVariable],
    tensorflow: loadBinding().TF_Version,
    threads: threads(),
    platform: `${process.platform}-${process.arch}`,
  });
  expect(found.variables).toContain("TF_ENABLE_ONEDNN_OPTS=");
  expect(found.ownKernels).toMatch(found.kernels === "own" ? /^[0-9a-f]{12}$/ : /^$/);
  expect(JSON.parse(JSON.stringify(found))).toEqual(found);
});

test("says that races are still to come, and what they chose, whatever their order", () => {
  const { [kernelsVariable]: wish } = process.env;
  delete process.env[kernelsVariable];
  try {
    expect(arithmetic("float32").kernels).toBe("auto");
    const raced = arithmetic("float32", { a: "fast", b: "plain" });
    expect(raced.kernels).toMatch(/^raced [0-9a-f]{12}$/);
    expect(arithmetic("float32", { b: "plain", a: "fast" })).toEqual(raced);
    expect(arithmetic("float32", { a: "fast", b: "fast" }).kernels).not.toBe(raced.kernels);
    expect(arithmetic("float32", "tensorflow")).toMatchObject({ kernels: "tensorflow", ownKernels: "" });
  } finally {
    if (wish !== undefined) process.env[kernelsVariable] = wish;
  }
});

test("follows the threads and the variables that choose kernels, and no others", () => {
  const usual = arithmetic("float32");
  process.env[threadsVariable] = "63";
  process.env.ONEDNN_MAX_CPU_ISA = "AVX2";
  process.env.ONEDNN_VERBOSE = "0";
  const other = arithmetic("float32");
  delete process.env.ONEDNN_VERBOSE;
  expect(other).toEqual({ ...usual, threads: 63, variables: `ONEDNN_MAX_CPU_ISA=AVX2 ${usual.variables}` });
  expect(differingKeys(usual, other)).toEqual([
    `threads ${usual.threads} -> 63`,
    `variables ${usual.variables} -> ${other.variables}`,
  ]);
});

test("two that agree differ in nothing, nor do keys that an older one lacks", () => {
  const now = arithmetic("float32");
  const { ownKernels, ...older } = now;
  expect(differingKeys(now, now)).toEqual([]);
  expect(differingKeys(older, now)).toEqual([]);
  const none: Arithmetic = { ...now, features: "", variables: "" };
  expect(differingKeys({ ...none, features: "avx2" }, none)).toEqual(["features avx2 -> none"]);
});
