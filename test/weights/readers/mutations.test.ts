// A few of the changed files of test/slow/mutate-weights.mjs, which does 2,000 of each format.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const script = join(import.meta.dirname, "../../slow/mutate-weights.mjs");

test.each([
  ["pytorch,pytorch-legacy,safetensors,caffe,tfjs,tensorflow-v1,tensorflow-v2", 50],
  ["keras-h5,keras", 2],
])("%s: %i changed files of each are refused or whole", (formats, times) => {
  const lines = execFileSync(
    process.execPath,
    [script, "--formats", formats, "--times", String(times), "--seed", "5"],
    {
      encoding: "utf8",
    },
  );
  const names = formats.split(",");
  const rule = (name: string) => `R28 ${name} files=${times} `;
  expect(lines.trim().split("\n")).toEqual(names.map((name) => expect.stringContaining(rule(name))));
  expect(lines.match(/ broken=0$/gm)?.length).toBe(names.length);
  expect(lines.match(/ refused=[1-9]/g)?.length).toBeGreaterThan(names.length / 2);
});
