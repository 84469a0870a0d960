// The wheel by pip, which knows the user's own index, mirror and wheels.
import { spawn } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { bytesBelow } from "../../download/space.ts";
import { UserError } from "../../errors.ts";
import { wheelPython } from "./release.ts";
import type { Download } from "./wheel.ts";

const python = "python3";

/** `pip download` by platform and ABI tag, so the local Python's own version does not matter; the wheel's sha256 is required. */
export const pipDownload: Download = async (release, folder, onBytes) => {
  const requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, `${release.package}==${release.version} --hash=sha256:${release.sha256}\n`);
  const temporary = join(folder, "pip");
  mkdirSync(temporary);
  const args = ["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir"];
  args.push("--no-deps", "--only-binary=:all:", "--platform", release.tag, "--implementation", "cp");
  args.push("--python-version", wheelPython.version, "--abi", wheelPython.abi);
  args.push("--require-hashes", "-r", requirements, "-d", folder);
  const watch = setInterval(() => onBytes(Math.min(bytesBelow(temporary), release.bytes), release.bytes), 200);
  try {
    await run(args, { ...process.env, TMPDIR: temporary });
  } finally {
    clearInterval(watch);
    rmSync(temporary, { recursive: true, force: true });
  }
  const wheel = readdirSync(folder).find((name) => name.endsWith(".whl"));
  if (!wheel) throw new UserError("io", `pip download left no wheel in ${folder}.`);
  onBytes(statSync(join(folder, wheel)).size, release.bytes);
  return join(folder, wheel);
};

/** True where `python3 -m pip` answers. */
export const hasPip = (): Promise<boolean> =>
  run(["-m", "pip", "--version"], process.env).then(
    () => true,
    () => false,
  );

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-20_000);
    });
    child.on("error", (cause) => reject(new UserError("checkFailed", `${python} did not start.`, { cause })));
    child.on("close", (code) => {
      if (code === 0) return resolve();
      const lines = stderr.trim().split("\n");
      const reason = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "";
      const cause = /No space left/i.test(stderr) ? "diskFull" : "io";
      reject(new UserError(cause, `${python} ${args.slice(0, 3).join(" ")} failed: ${reason.trim()}`));
    });
  });
}
