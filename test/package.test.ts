// The package as it is installed: what the tarball holds, what an unbuilt one says, and that nothing in it fetches anything by itself.
import { execFileSync, spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-package-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the tarball has all that set-up compiles and no tests, and packing leaves nothing behind", () => {
  execFileSync(process.execPath, ["pack.mjs", folder], { stdio: ["ignore", "ignore", "inherit"] });
  const names = execFileSync("tar", ["tzf", join(folder, "inception-0.1.0.tgz")], { encoding: "utf8" }).split("\n");
  for (const name of [
    ...["bin/inception.js", "dist/cli/main.js", "dist/index.d.ts", "configs/quickstart.yaml", "native/processor.cc"],
    ...["vendor/tfjs-node/package.json", "vendor/tfjs-node/binding/tfjs_binding.cc", "LICENSE", "README.md"],
  ])
    expect(names).toContain(`package/${name}`);
  expect(names.filter((name) => /^package\/(test|runs|node_modules)\//.test(name))).toEqual([]);
  expect(existsSync("vendor")).toBe(false);
});

test("a folder that has not been built says so", () => {
  cpSync("bin", join(folder, "bin"), { recursive: true });
  cpSync("package.json", join(folder, "package.json"));
  const { status, stderr } = spawnSync(process.execPath, [join(folder, "bin/inception.js"), "train"], {
    encoding: "utf8",
  });
  expect(status).toBe(8);
  expect(stderr).toBe("error: inception has not been built yet\nhint: in its folder: npm ci && npm run setup\n");
});

test("of all that is installed with it only koffi has a script of its own, which it does not need", () => {
  type Entry = { readonly dev?: boolean; readonly hasInstallScript?: boolean };
  const { packages } = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, Entry> };
  const scripted = Object.entries(packages).filter(([, { dev, hasInstallScript }]) => hasInstallScript && !dev);
  expect(scripted.map(([path]) => path)).toEqual(["node_modules/koffi"]);
});
