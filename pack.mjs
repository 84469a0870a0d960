// `npm run package [folder]`: the package as a tarball, with what the addon is compiled from in vendor/tfjs-node, so that who installs it
// needs no dependency that downloads a library of its own. It is put together elsewhere: what runs here meanwhile sees nothing of it.
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL(".", import.meta.url));
const theirs = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json"));
const stage = mkdtempSync(join(tmpdir(), "inception-package-"));
try {
  const { files } = JSON.parse(readFileSync(join(root, "package.json"), "utf8"));
  for (const name of ["package.json", ...files])
    if (existsSync(join(root, name))) cpSync(join(root, name), join(stage, name), { recursive: true });
  const target = join(stage, "vendor", "tfjs-node");
  mkdirSync(target, { recursive: true });
  cpSync(join(theirs, "binding"), join(target, "binding"), { recursive: true });
  const { name, version, license, repository } = JSON.parse(readFileSync(join(theirs, "package.json"), "utf8"));
  writeFileSync(join(target, "package.json"), `${JSON.stringify({ name, version, license, repository }, null, 2)}\n`);
  const folder = resolve(process.argv[2] ?? ".");
  const { status } = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: stage,
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(stage, { recursive: true, force: true });
}
