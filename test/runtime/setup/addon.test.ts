import { appendFileSync, cpSync, renameSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { addonKey } from "../../../src/runtime/setup/addon.ts";
import { type Library, libraryIn } from "../../../src/runtime/setup/library.ts";
import { realLibrary, temporaryFolder } from "./support.ts";

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
