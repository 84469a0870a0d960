// The kernels in a program without TensorFlow; `npm run prove` runs more shapes, and under sanitizers.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { findAddon } from "../../src/runtime/binding.ts";
import { operationsFile } from "../../src/runtime/setup/cache.ts";
import { needs } from "../needs.ts";
import { compileProgram } from "./program.ts";

test("odd shapes, special numbers, several callers, refusals and failures", needs("avx2"), async () => {
  // -O1 compiles in three quarters of the time; set-up's -O3 is what npm run prove takes.
  const program = await compileProgram(["-O1"]);
  try {
    expect((await program.run(60, 3)).map((line) => line.split(" ")[0])).toEqual([
      "convolutions",
      "filter-gradients",
      "batch-norms",
      "special-numbers",
      "callers",
      "refusals",
      "failures",
    ]);
  } finally {
    program.remove();
  }
});

test("the library exports nothing of ours", needs("linux"), () => {
  const symbols = execFileSync("nm", ["-DC", "--defined-only", operationsFile(findAddon())], { encoding: "utf8" });
  expect(symbols.split("\n").filter((line) => line.includes("inception"))).toEqual([]);
});
