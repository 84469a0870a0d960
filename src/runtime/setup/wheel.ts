// Getting TensorFlow's libraries out of its official wheel: download, unpack the few files needed, check, put in place.
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync, statSync } from "node:fs";
import { join, sep } from "node:path";
import { fileHash } from "../../download/hash.ts";
import type { OnBytes } from "../../download/progress.ts";
import { requireSpace } from "../../download/space.ts";
import { tensorflowFolder } from "./cache.ts";
import { checkFiles, parseRecord } from "./record.ts";
import { type Release, wheelMembers } from "./release.ts";
import { unpackWheel } from "./unpack.ts";
import { seal } from "./whole.ts";

/** Puts the wheel into `folder` and returns its path. */
export type Download = (release: Release, folder: string, onBytes: OnBytes) => Promise<string>;

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
  download: Download,
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

/** The needed files into `work/unpacked`, each as RECORD has it. */
async function unpack(wheel: string, work: string): Promise<void> {
  const folder = join(work, "unpacked");
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder);
  await unpackWheel(wheel, folder, wheelMembers);
  await checkFiles(folder, parseRecord(readFileSync(join(folder, "RECORD"), "utf8")), wheelMembers);
}

function wheelBelow(folder: string): string | undefined {
  if (!existsSync(folder)) return undefined;
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" });
  const name = names.find((file) => file.endsWith(".whl") && !file.includes(`${sep}pip${sep}`));
  return name && join(folder, name);
}

const succeeds = (work: Promise<unknown>): Promise<boolean> =>
  work.then(
    () => true,
    () => false,
  );
