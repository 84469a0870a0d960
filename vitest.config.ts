import { defineConfig } from "vitest/config";
import { notRun } from "./test/not-run.ts";

const every = "test/**/*.test.ts";
/** What needs every core, or watches the clock or folders that others use too. */
const undisturbed = [
  "test/graph/determinism.test.ts",
  "test/graph/reproducibility.test.ts",
  "test/images/decoders.test.ts",
  "test/runtime/session.test.ts",
];
const oneThread = { INCEPTION_THREADS: process.env.INCEPTION_THREADS ?? "1" };

// Two files at a time, each with a thread: twice as fast as one after another with two.
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    reporters: ["default", notRun],
    projects: [
      {
        extends: true,
        test: {
          name: "pairs",
          include: [every],
          exclude: undisturbed,
          env: oneThread,
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "alone", include: undisturbed, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
