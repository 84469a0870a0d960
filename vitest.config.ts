import { defineConfig } from "vitest/config";
import { notRun } from "./test/not-run.ts";

// One file at a time: the engine uses every core, and two engines on two cores only slow each other.
export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 120_000,
    hookTimeout: 120_000,
    fileParallelism: false,
    pool: "forks",
    reporters: ["default", notRun],
    benchmark: { include: ["test/bench/**/*.bench.ts"] },
  },
});
