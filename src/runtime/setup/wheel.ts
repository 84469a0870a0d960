// Getting TensorFlow's libraries out of its official wheel: download, unpack the few files needed, check, put in place.
import { spawn } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { join, sep } from "node:path";
import { fileHash } from "../../download/hash.ts";
import type { OnBytes } from "../../download/progress.ts";
import { bytesBelow, requireSpace } from "../../download/space.ts";
import { UserError } from "../../errors.ts";
import { tensorflowFolder } from "./cache.ts";
import { checkFiles, parseRecord } from "./record.ts";
import { type Release, tensorflowVersion, wheelMembers, wheelPython } from "./release.ts";
import { seal } from "./whole.ts";

/** Puts the wheel into `folder` and returns its path. */
export type Download = (release: Release, folder: string, onBytes: OnBytes) => Promise<string>;

const python = "python3";

/** Bytes while the wheel (274 MB) and the unpacked libraries (853 MB, which stay) lie side by side, with TensorFlow 2.21. */
export const spaceNeeded = 1_150e6;

/**
 * Makes the cache's TensorFlow folder from a wheel. All work happens in a neighbouring folder that is renamed when
 * every file is checked; a wheel left there by a killed set-up is used if it is the release's. The caller holds the lock.
 *
 * @returns the bytes downloaded.
 * @throws UserError if the wheel cannot be had or is not what its RECORD says.
 */
export async function installWheel(
  release: Release,
  cache: string,
  onBytes: OnBytes,
  download: Download = pipDownload,
): Promise<number> {
  const target = tensorflowFolder(cache);
  const work = `${target}.partial`;
  const left = wheelBelow(work);
  if (left && (await isRelease(left, release)) && (await succeeds(unpack(left, work)))) return finish(work, target, 0);
  rmSync(work, { recursive: true, force: true });
  requireSpace(cache, spaceNeeded, "set-up");
  mkdirSync(work, { recursive: true });
  // A folder for each attempt: the pip of a killed set-up may still be writing to its own.
  const wheel = await download(release, mkdtempSync(join(work, "download-")), onBytes);
  const bytes = statSync(wheel).size;
  await unpack(wheel, work);
  return finish(work, target, bytes);
}

const isRelease = async (wheel: string, { sha256 }: Release): Promise<boolean> =>
  (await fileHash(wheel)).toString("hex") === sha256;

async function finish(work: string, target: string, bytes: number): Promise<number> {
  const made = join(work, "unpacked", "tensorflow");
  await seal(
    made,
    wheelMembers.map((member) => member.replace(/^tensorflow\//, "")),
  );
  rmSync(target, { recursive: true, force: true });
  renameSync(made, target);
  rmSync(work, { recursive: true, force: true });
  return bytes;
}

/** `pip download` by platform and ABI tag, so the local Python's own version does not matter; the wheel's sha256 is required. */
export const pipDownload: Download = async (release, folder, onBytes) => {
  const requirements = join(folder, "requirements.txt");
  writeFileSync(requirements, `${release.package}==${tensorflowVersion} --hash=sha256:${release.sha256}\n`);
  const temporary = join(folder, "pip");
  mkdirSync(temporary);
  const args = ["-m", "pip", "download", "--quiet", "--no-input", "--disable-pip-version-check", "--no-cache-dir"];
  args.push("--no-deps", "--only-binary=:all:", "--platform", release.tag, "--implementation", "cp");
  args.push(
    "--python-version",
    wheelPython.version,
    "--abi",
    wheelPython.abi,
    "--require-hashes",
    "-r",
    requirements,
    "-d",
    folder,
  );
  const watch = setInterval(
    () => onBytes(Math.min(bytesBelow(temporary), release.bytes ?? Infinity), release.bytes),
    200,
  );
  try {
    await run(args, { ...process.env, TMPDIR: temporary });
  } finally {
    clearInterval(watch);
    rmSync(temporary, { recursive: true, force: true });
  }
  const wheel = wheelBelow(folder);
  if (!wheel) throw new UserError("io", `pip download left no wheel in ${folder}.`);
  onBytes(statSync(wheel).size, release.bytes);
  return wheel;
};

/** Streams the members and RECORD into `work/unpacked`, then checks them. */
async function unpack(wheel: string, work: string): Promise<void> {
  const folder = join(work, "unpacked");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  await run(["-c", unpackScript, wheel, folder, ...wheelMembers], process.env);
  await checkFiles(folder, parseRecord(readFileSync(join(folder, "RECORD"), "utf8")), wheelMembers);
}

const unpackScript = `
import os, shutil, sys, zipfile
wheel, folder, *members = sys.argv[1:]
with zipfile.ZipFile(wheel) as archive:
    record, = [name for name in archive.namelist() if name.endswith(".dist-info/RECORD")]
    for name, target in [(record, "RECORD"), *zip(members, members)]:
        path = os.path.join(folder, target)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with archive.open(name) as source, open(path, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
`;

/** True where `python3 -m pip` answers. */
export const hasPip = (): Promise<boolean> => succeeds(run(["-m", "pip", "--version"], process.env));

function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(python, args, { env, stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (text: string) => {
      stderr = (stderr + text).slice(-20_000);
    });
    child.on("error", (cause) =>
      reject(new UserError("checkFailed", `Set-up needs ${python}, which did not start.`, { cause })),
    );
    child.on("close", (code) => {
      if (code === 0) return resolve();
      const lines = stderr.trim().split("\n");
      const reason = lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1) ?? "";
      const cause = /No space left/i.test(stderr) ? "diskFull" : "io";
      reject(new UserError(cause, `${python} ${args.slice(0, 3).join(" ").split("\n")[0]} failed: ${reason.trim()}`));
    });
  });
}

function wheelBelow(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const name = names.find((file) => file.endsWith(".whl") && !file.split(sep).includes("pip"));
  return name && join(folder, name);
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
