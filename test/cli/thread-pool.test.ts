// Node's own pool of threads, on which pictures are read and decoded.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { needs } from "../needs.ts";

function threads(environment: NodeJS.ProcessEnv): number {
  const { UV_THREADPOOL_SIZE: _, ...rest } = process.env;
  const words = ["--require", join(import.meta.dirname, "count-threads.cjs"), "bin/inception.js", "--version"];
  const told = execFileSync(process.execPath, words, { encoding: "utf8", env: { ...rest, ...environment } });
  return Number(told.split("threads ")[1]);
}

test("has a thread for each core, four at the least, unless the environment says how many", needs("linux"), () => {
  const four = threads({ CORES: "1" });
  expect(four).toBeGreaterThan(4);
  expect(threads({ CORES: "12" })).toBe(four + 8);
  expect(threads({ CORES: "12", UV_THREADPOOL_SIZE: "6" })).toBe(four + 2);
});
