import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { installStock } from "../../../src/runtime/setup/stock.ts";
import { realLibrary, temporaryFolder } from "./support.ts";

/** A package whose install script spoils package.json, runs `work`, and fails. */
function fakePackage(work: string): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "scripts"));
  writeFileSync(join(folder, "package.json"), "{}");
  writeFileSync(
    join(folder, "scripts/install.js"),
    `require("fs").writeFileSync("package.json", "spoilt"); ${work}; process.exit(1)`,
  );
  return folder;
}

test("a library that the script brought is used, whatever else failed, and package.json is as before", async () => {
  const prepared = temporaryFolder();
  cpSync(realLibrary.include, join(prepared, "include"), { recursive: true });
  mkdirSync(join(prepared, "lib"));
  for (const name of realLibrary.libraries) symlinkSync(join(realLibrary.folder, name), join(prepared, "lib", name));
  const folder = fakePackage(`require("fs").renameSync(${JSON.stringify(prepared)}, "deps")`);
  const notes: string[] = [];
  const library = await installStock("pip", (line) => notes.push(line), folder);
  expect(library).toMatchObject({ source: "stock", folder: join(folder, "deps", "lib") });
  expect(notes[0]).toMatch(/^Warning.*slow/);
  expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("{}");
});

test("the environment chooses no host to download from", async () => {
  const log = join(temporaryFolder(), "log");
  process.env.npm_config_tfjs_node_cdn_storage = process.env.CDN_STORAGE = "https://elsewhere.example/";
  process.env.TFJS_NODE_BASE_URI = "https://elsewhere.example/libtensorflow-";
  const folder = fakePackage(`require("fs").writeFileSync(${JSON.stringify(log)}, JSON.stringify(process.env))`);
  await expect(installStock("pip", () => {}, folder)).rejects.toThrow("code 1");
  expect(readFileSync(log, "utf8")).toContain("PATH");
  expect(readFileSync(log, "utf8")).not.toContain("elsewhere");
});

test("a script that brings nothing gets one sentence", async () => {
  const folder = fakePackage("");
  await expect(installStock("pip", () => {}, folder)).rejects.toMatchObject({
    exitCode: 74,
    message: expect.stringContaining("code 1"),
  });
  expect(readFileSync(join(folder, "package.json"), "utf8")).toBe("{}");
});

test("without a script, as where the package was installed alone, or a wheel for the machine, it says which of them is missing", async () => {
  const folder = temporaryFolder();
  await expect(installStock("pip", () => {}, folder)).rejects.toThrow(/could not be had: there is no `python3 -m pip`/);
  await expect(installStock("wheel", () => {}, folder)).rejects.toThrow(
    `could not be had: it is not published for ${process.platform}-${process.arch}.`,
  );
});
