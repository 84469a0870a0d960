// Getting TensorFlow's libraries out of its official wheel: download, unpack the few files needed, check, put in place.
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from "node:fs";
import { join, relative, sep } from "node:path";
import { fileHash } from "../../download/hash.ts";
import type { OnBytes } from "../../download/progress.ts";
import { bytesBelow, requireSpace } from "../../download/space.ts";
import type { Device } from "../device.ts";
import { tensorflowFolder } from "./cache.ts";
import { cudaLinks } from "./cuda.ts";
import type { Release } from "./published.ts";
import { checkFiles, parseRecord } from "./record.ts";
import { unpackWheel } from "./unpack.ts";
import { seal } from "./whole.ts";

/** Puts the wheel into `folder` and returns its path. */
export type Download = (release: Release, folder: string, onBytes: OnBytes) => Promise<string>;

/** Bytes while the wheels and the libraries unpacked of them, which stay, lie side by side: 274 + 853 MB, for a GPU 2.9 + 4.7 GB. */
export const spaceNeeded = (device: Device): number => ({ cpu: 1_150e6, cuda: 7_700e6 })[device];

/**
 * Makes the cache's TensorFlow folder for a device from its wheels. All work happens in a neighbouring folder that is renamed
 * when every file is checked; a wheel left there by a killed set-up is used if it is the release's. The caller holds the lock.
 *
 * @returns the bytes downloaded.
 * @throws UserError if a wheel cannot be had or is not what its RECORD says.
 */
export async function installWheels(
  releases: readonly Release[],
  { cache, device, onBytes, download }: Installing,
): Promise<number> {
  const target = tensorflowFolder(cache, device);
  const work = `${target}.partial`;
  const unpacked = join(work, "unpacked");
  rmSync(unpacked, { recursive: true, force: true });
  mkdirSync(unpacked, { recursive: true });
  let bytes = 0;
  for (const release of releases) {
    const folder = join(work, release.package);
    const left = wheelBelow(folder);
    if (left && (await isRelease(left, release)) && (await succeeds(unpack(left, unpacked, release)))) continue;
    rmSync(folder, { recursive: true, force: true });
    requireSpace(cache, spaceNeeded(device) - bytesBelow(work), "set-up");
    mkdirSync(folder);
    // A folder for each attempt: the pip of a killed set-up may still be writing to its own.
    const wheel = await download(release, mkdtempSync(join(folder, "download-")), onBytes);
    bytes += statSync(wheel).size;
    await unpack(wheel, unpacked, release);
  }
  await finish(releases, work, target, device);
  return bytes;
}

type Installing = {
  readonly cache: string;
  readonly device: Device;
  readonly onBytes: OnBytes;
  readonly download: Download;
};

const isRelease = async (wheel: string, { sha256 }: Release): Promise<boolean> =>
  (await fileHash(wheel)).toString("hex") === sha256;

/** For a GPU TensorFlow looks for NVIDIA's libraries beside its own folder. */
async function finish(releases: readonly Release[], work: string, target: string, device: Device): Promise<void> {
  const unpacked = join(work, "unpacked");
  const tensorflow = join(unpacked, "tensorflow");
  if (device === "cuda") for (const [link, to] of Object.entries(cudaLinks)) symlinkSync(to, join(unpacked, link));
  await seal(
    tensorflow,
    releases.flatMap(({ members }) => members.map((member) => relative("tensorflow", member))),
  );
  rmSync(target, { recursive: true, force: true });
  renameSync(device === "cuda" ? unpacked : tensorflow, target);
  rmSync(work, { recursive: true, force: true });
}

/** The needed files, each as RECORD has it. */
async function unpack(wheel: string, folder: string, { members }: Release): Promise<void> {
  await unpackWheel(wheel, folder, members);
  await checkFiles(folder, parseRecord(readFileSync(join(folder, "RECORD"), "utf8")), members);
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
