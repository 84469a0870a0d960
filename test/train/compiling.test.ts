import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { isKept, keptIn } from "../../src/runtime/compiler.ts";
import { deviceLibrary } from "../../src/runtime/setup/cuda.ts";
import { environmentVariable } from "../../src/runtime/setup/library.ts";
import { libraryNames } from "../../src/runtime/setup/release.ts";
import { compilerFor, stepsThatRepay } from "../../src/train/compiling.ts";
import { temporaryFolder } from "../runtime/setup/support.ts";

afterEach(() => vi.unstubAllEnvs());

/** The device computes by an engine of empty files, with or without what the compiler needs. */
function computing(device: string, members: readonly string[]): void {
  const folder = temporaryFolder();
  const files = ["include/tensorflow/c/c_api.h", ...libraryNames[0]!].map((name) => join("tensorflow", name));
  for (const file of [...files, ...members]) {
    mkdirSync(dirname(join(folder, file)), { recursive: true });
    writeFileSync(join(folder, file), "");
  }
  vi.stubEnv("INCEPTION_DEVICE", device);
  vi.stubEnv(environmentVariable, join(folder, "tensorflow"));
}

const long = { precision: "bfloat16", steps: stepsThatRepay.bfloat16 } as const;
const short = { ...long, steps: long.steps - 1 };

describe("the compiler of a step", () => {
  test("on a GPU makes kernels in runs that are long enough for their precision, unless told otherwise", () => {
    computing("cuda", [deviceLibrary]);
    expect(compilerFor("auto", long)).toEqual({ compiler: "xla" });
    expect(compilerFor("auto", short)).toEqual({});
    expect(compilerFor("auto", { ...long, precision: "float32" })).toEqual({});
    expect(compilerFor("auto", { precision: "float32", steps: stepsThatRepay.float32 })).toEqual({ compiler: "xla" });
    expect(compilerFor("on", short)).toEqual({ compiler: "xla" });
    expect(compilerFor("off", long)).toEqual({});
  });

  test("an engine without it computes as it can, and says so where it must not", () => {
    computing("cuda", []);
    expect(compilerFor("auto", long)).toEqual({});
    expect(() => compilerFor("on", long)).toThrow("train.compile: this engine for GPUs has no compiler.");
  });

  test("makes nothing for a processor", () => {
    computing("cpu", [deviceLibrary]);
    for (const word of ["auto", "on", "off"] as const) expect(compilerFor(word, long)).toEqual({});
  });
});

test("where its kernels are kept changes no result; whoever says more says what does", () => {
  expect(isKept(keptIn("/home/cache"))).toBe(true);
  expect(isKept(`${keptIn("/home/cache")} --tf_xla_auto_jit=2`)).toBe(false);
  expect(isKept("--tf_xla_auto_jit=2")).toBe(false);
  expect(keptIn("/home/the cache")).toBe("");
});
