import { defineConfig } from "vitest/config";
import { notRun } from "./test/not-run.ts";

const every = "test/**/*.test.ts";
/** What watches the clock, the machine's load or folders that others use too. */
const undisturbed = ["test/runtime/session.test.ts", "test/images/decode.test.ts", "test/images/decoders.test.ts"];

// Two files at a time: while one waits for a process to start, the other computes.
export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    reporters: ["default", notRun],
    projects: [
      {
        extends: true,
        test: { name: "pairs", include: [every], exclude: undisturbed, maxWorkers: 2, sequence: { groupOrder: 0 } },
      },
      {
        extends: true,
        test: { name: "alone", include: undisturbed, fileParallelism: false, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
