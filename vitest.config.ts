import { defineConfig } from "vitest/config";
import { cpuFeatures, vectorsOfKernels } from "./src/runtime/features.ts";
import { notRun } from "./test/not-run.ts";

/** What needs every core, or watches the clock or folders that others use too. */
const undisturbed = [
  "test/graph/determinism.test.ts",
  "test/graph/reproducibility.test.ts",
  "test/images/decoders.test.ts",
  "test/runtime/session.test.ts",
];
/** Rooms whose tests leave nothing behind in their process, so that file after file may use the same one. */
const tidy = "ablate,checkpoint,config,evaluate,images,interpret,network,report,results,run,statistics,train,weights";
/** But for what puts fakes in the place of modules, or starts servers, which have no end. */
const tidyFiles = `test/{${tidy}}/**/!(not-finite|on-divergence|source-lost|together).test.ts`;
const oneThread = { INCEPTION_THREADS: process.env.INCEPTION_THREADS ?? "1" };
/** No races, which would choose one thing today and another tomorrow. */
const kernels = process.env.INCEPTION_KERNELS ?? (vectorsOfKernels(cpuFeatures()) ? "own" : "tensorflow");

// Three files at a time, each with a thread: where one waits for a process or a compiler, two cores still have work.
const besides = { env: { ...oneThread, INCEPTION_KERNELS: kernels }, maxWorkers: 3 };

export default defineConfig({
  test: {
    testTimeout: 120_000,
    hookTimeout: 120_000,
    pool: "forks",
    env: { INCEPTION_KERNELS: kernels },
    reporters: ["default", notRun],
    projects: [
      {
        extends: true,
        test: {
          name: "beside",
          include: ["test/**/*.test.ts"],
          exclude: [tidyFiles, ...undisturbed],
          ...besides,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: {
          name: "tidy",
          include: [tidyFiles],
          exclude: undisturbed,
          isolate: false,
          ...besides,
          sequence: { groupOrder: 1 },
        },
      },
      {
        extends: true,
        test: { name: "alone", include: undisturbed, fileParallelism: false, sequence: { groupOrder: 2 } },
      },
    ],
  },
});
