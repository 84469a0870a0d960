import { chmodSync, cpSync, mkdirSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { type Check, diagnose, nodeCheck } from "../../src/runtime/diagnosis.ts";
import { addonFor } from "../../src/runtime/setup/addon.ts";
import { tensorflowFolder } from "../../src/runtime/setup/cache.ts";
import { seal } from "../../src/runtime/setup/whole.ts";
import { realLibrary, temporaryFolder } from "./setup/support.ts";

const named = (checks: readonly Check[], name: string): Check | undefined =>
  checks.find((check) => check.name === name);
const missing = (checks: readonly Check[]): string[] => checks.filter(({ ok }) => !ok).map(({ name }) => name);

test("a machine that is set up has nothing to mend, and TensorFlow says its own version", async () => {
  const checks = await diagnose();
  expect(missing(checks)).toEqual([]);
  expect(named(checks, "tensorflow")?.found).toMatch(/^\d+\.\d+\.\d+/);
  expect(named(checks, "memory")?.found).toMatch(/^\d+\.\d GiB(, \d+\.\d GiB of them free)?$/);
  expect(named(checks, "kernels")?.found).toMatch(/AVX|TensorFlow's/);
  expect(named(checks, "precision")?.found).toMatch(/float32|bfloat16/);
});

test("an empty cache: the engine is missing and the remedy is set-up", async () => {
  const checks = await diagnose(temporaryFolder());
  expect(named(checks, "tensorflow")).toMatchObject({ ok: false, remedy: "run `inception setup`" });
  expect(named(checks, "compiler")).toBeDefined();
});

test("a wrong INCEPTION_TENSORFLOW is told, not thrown", async () => {
  process.env.INCEPTION_TENSORFLOW = temporaryFolder();
  expect(named(await diagnose(), "tensorflow")).toMatchObject({
    ok: false,
    remedy: expect.stringContaining("INCEPTION_TENSORFLOW"),
  });
});

test("a library without an addon, and an addon that does not load", async () => {
  process.env.INCEPTION_TENSORFLOW = realLibrary.folder;
  const cache = temporaryFolder();
  expect(missing(await diagnose(cache))).toEqual(["addon"]);
  const addon = addonFor({ ...realLibrary, source: "environment" }, cache);
  mkdirSync(join(addon, ".."));
  writeFileSync(addon, "not a library");
  chmodSync(addon, 0o755);
  expect(named(await diagnose(cache), "addon")).toMatchObject({ ok: false, remedy: "run `inception setup --force`" });
});

test("half a library is told before anything loads it, and so is a changed one", async () => {
  process.env.INCEPTION_TENSORFLOW = realLibrary.folder;
  const cache = temporaryFolder();
  const addon = addonFor({ ...realLibrary, source: "environment" }, cache);
  mkdirSync(join(addon, ".."));
  writeFileSync(addon, "of this length");
  await seal(join(addon, ".."), ["tfjs_binding.node"]);
  writeFileSync(addon, "of that length");
  expect(named(await diagnose(cache), "addon")?.found).toMatch(/^damaged: tfjs_binding.node: expected sha256 /);
  truncateSync(addon, 3);
  expect(named(await diagnose(cache), "addon")?.found).toBe(
    "damaged: tfjs_binding.node: expected 14 bytes, got 3 bytes",
  );
});

test("half of TensorFlow's own library is named, though no addon belongs to one of that size", async () => {
  const cache = temporaryFolder();
  const folder = tensorflowFolder(cache);
  cpSync(realLibrary.include, join(folder, "include"), { recursive: true });
  for (const name of realLibrary.libraries) writeFileSync(join(folder, name), name);
  await seal(folder, realLibrary.libraries);
  truncateSync(join(folder, realLibrary.libraries[0]!), 10);
  expect(named(await diagnose(cache), "tensorflow")).toMatchObject({
    ok: false,
    found: `damaged: ${realLibrary.libraries[0]}: expected ${realLibrary.libraries[0]!.length} bytes, got 10 bytes`,
  });
});

test.each([
  ["20.8.1", false],
  ["20.9.0", true],
  ["22.0.0", true],
  ["18.19.0", false],
])("Node %s: %s", (version, ok) => {
  expect(nodeCheck(version).ok).toBe(ok);
});
