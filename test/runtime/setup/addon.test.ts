import { appendFileSync, cpSync, existsSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { addonKey, compileAddon, hasCompiler } from "../../../src/runtime/setup/addon.ts";
import { addonFile, operationsFile } from "../../../src/runtime/setup/cache.ts";
import { type Library, libraryIn } from "../../../src/runtime/setup/library.ts";
import { copyingCompiler, realLibrary, temporaryFolder } from "./support.ts";

const { CXX } = process.env;
afterEach(() => {
  if (CXX === undefined) delete process.env.CXX;
  else process.env.CXX = CXX;
});

function copyOfLibrary(): Library {
  const folder = temporaryFolder();
  cpSync(realLibrary.include, join(folder, "include"), { recursive: true });
  for (const name of realLibrary.libraries) symlinkSync(join(realLibrary.folder, name), join(folder, name));
  return libraryIn(folder, "environment")!;
}

test("the key stays the same as long as nothing changes", () => {
  const library = copyOfLibrary();
  expect(addonKey(library)).toBe(addonKey(library));
  expect(addonKey(library)).toMatch(/^[0-9a-f]{16}$/);
});

test("the key changes with a header, a library and the folder that becomes the rpath", () => {
  const library = copyOfLibrary();
  const keys = new Set([addonKey(library), addonKey(realLibrary)]);
  appendFileSync(join(library.include, "tensorflow/c/tf_tensor.h"), "// changed\n");
  keys.add(addonKey(library));
  const path = join(library.folder, library.libraries[0]!);
  renameSync(path, `${path}.old`);
  writeFileSync(path, "another");
  keys.add(addonKey(library));
  expect(keys.size).toBe(4);
});

test("CXX may be a program with arguments", async () => {
  const compiler = copyingCompiler();
  process.env.CXX = `env LANG=C  ${process.env.CXX}`;
  const addon = addonFile(temporaryFolder(), "0");
  await compileAddon(realLibrary, addon);
  expect([addon, operationsFile(addon)].map(existsSync)).toEqual([true, true]);
  expect(compiler.calls()).toBeGreaterThan(2);
  expect(await hasCompiler()).toBe(true);
});

test.each([
  ["no-such-compiler g++", "expected no-such-compiler on the PATH, found none"],
  ["env no-such-compiler", "env no-such-compiler could not build"],
])("CXX=%s is refused by its name", async (value, sentence) => {
  process.env.CXX = value;
  expect(await hasCompiler()).toBe(false);
  await expect(compileAddon(realLibrary, addonFile(temporaryFolder(), "0"))).rejects.toThrow(sentence);
});
