// The kernels in a program without TensorFlow; `npm run prove` runs more shapes, and under sanitizers.
import { execFileSync } from "node:child_process";
import { expect, test } from "vitest";
import { findAddon } from "../../src/runtime/binding.ts";
import { cpuFeatures } from "../../src/runtime/features.ts";
import { operationsFile } from "../../src/runtime/setup/cache.ts";
import { needs } from "../needs.ts";
import { compileProgram } from "./program.ts";

test("each set that this processor can run: odd shapes, special numbers, several callers, refusals, failures", {
  ...needs("avx2"),
  timeout: 300_000,
}, async () => {
  // -O1 compiles in three quarters of the time; set-up's -O3 is what npm run prove takes.
  const program = await compileProgram(["-O1"]);
  try {
    const lines = (await program.run(60, 3)).map((line) =>
      line.replace(/ (shapes|cases|calls|sentences|allocations)=.*/, ""),
    );
    const precisions = ["float32", "bfloat16"];
    const ofSet = (set: string): string[] => [
      ...[
        "convolutions",
        "plain-convolutions",
        "filter-gradients",
        "fast-filter-gradients",
        "side-by-side",
        "batch-norms",
      ].flatMap((proof) => precisions.map((precision) => `${proof} ${set} ${precision}`)),
      `decayed-gradients ${set}`,
      `updates ${set}`,
      `special-numbers ${set}`,
    ];
    const having = cpuFeatures();
    const wider = Object.entries({ avx512f: "avx512", amx_bf16: "amx" }).filter(([feature]) =>
      having.includes(feature),
    );
    const sets = ["narrow", "avx2", ...wider.map(([, set]) => set)];
    expect(lines).toEqual([...sets.flatMap(ofSet), "callers", "refusals", "failures"]);
  } finally {
    program.remove();
  }
});

test("the library exports nothing of ours", needs("linux"), () => {
  const symbols = execFileSync("nm", ["-DC", "--defined-only", operationsFile(findAddon())], { encoding: "utf8" });
  expect(symbols.split("\n").filter((line) => line.includes("inception"))).toEqual([]);
});
