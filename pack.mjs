// `npm run package [folder]`: the package as a tarball, with what the addon is compiled from in vendor/tfjs-node, so that who installs it
// needs no dependency that downloads a library of its own.
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

const vendor = fileURLToPath(new URL("vendor", import.meta.url));
const theirs = dirname(createRequire(import.meta.url).resolve("@tensorflow/tfjs-node/package.json"));
const target = join(vendor, "tfjs-node");
try {
  mkdirSync(target, { recursive: true });
  cpSync(join(theirs, "binding"), join(target, "binding"), { recursive: true });
  const { name, version, license, repository } = JSON.parse(readFileSync(join(theirs, "package.json"), "utf8"));
  writeFileSync(join(target, "package.json"), `${JSON.stringify({ name, version, license, repository }, null, 2)}\n`);
  const folder = resolve(process.argv[2] ?? ".");
  const { status } = spawnSync("npm", ["pack", "--silent", "--pack-destination", folder], {
    cwd: dirname(vendor),
    stdio: "inherit",
  });
  process.exitCode = status ?? 1;
} finally {
  rmSync(vendor, { recursive: true, force: true });
}
