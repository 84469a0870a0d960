// Published weights in the user's cache: fetched, or taken from a file that the user fetched, checked, imported.
import { rmSync, statSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { downloadsFolder, weightsFolder } from "../cache-folder.ts";
import { findOrigin } from "../checkpoint/origin.ts";
import { fetchFile, type Patience } from "../download/fetch-file.ts";
import { fileHash } from "../download/hash.ts";
import type { OnBytes } from "../download/progress.ts";
import { requireSpace } from "../download/space.ts";
import { UserError } from "../errors.ts";
import { holderWords, waitForLock } from "../lock.ts";
import { imageNetClasses } from "../published/imagenet-classes.ts";
import type { Published } from "../published/weights.ts";
import { foreignOf } from "./foreign-of.ts";
import { type Imported, importWeights } from "./import.ts";
import { writeImported } from "./imported.ts";

export interface GetRequest {
  /** A file that the user fetched. */
  readonly file?: string;
  readonly note: (line: string) => void;
  readonly onBytes: OnBytes;
  readonly patience?: Patience;
}

export interface Got {
  /** What train.from takes, and eval and predict. */
  readonly folder: string;
  readonly checkpoint: string;
  /** Of the file; undefined where the weights were there already. */
  readonly imported?: Imported;
  readonly downloadedBytes: number;
}

/** Where the file of these weights is looked for before it is fetched. */
export const placeOf = ({ file }: Published): string => join(downloadsFolder(), file);

/** The published address, or the same file on the mirror that INCEPTION_WEIGHTS_MIRROR names. */
export function addressOf({ url, file }: Published): string {
  const mirror = process.env.INCEPTION_WEIGHTS_MIRROR;
  return mirror ? `${mirror.replace(/\/+$/, "")}/${file}` : url;
}

/** The checkpoint of these weights where they have been imported. */
export const checkpointOf = ({ name }: Published): string | undefined => findOrigin(name, []);

/**
 * Leaves the weights below the cache's `weights/<name>`; does nothing where they are. Two at once: the second waits for the first.
 *
 * @throws UserError("io") or ("diskFull") where the file cannot be had; ("foreignWeights") where it is not the published one.
 */
export async function getWeights(entry: Published, request: GetRequest): Promise<Got> {
  const folder = join(weightsFolder(), entry.name);
  const lockFile = `${placeOf(entry)}.lock`;
  const lock = await waitForLock(lockFile, () =>
    request.note(`Waiting for another download of ${entry.file} (${holderWords(lockFile)}) ...`),
  );
  try {
    const there = checkpointOf(entry);
    if (there !== undefined) return { folder, checkpoint: there, downloadedBytes: 0 };
    const { file, downloadedBytes } = await fileFor(entry, request);
    try {
      await checkPublished(entry, file);
      const imported = await importWeights(file, importRequest(entry));
      return { ...writeImported(imported, folder), imported, downloadedBytes };
    } finally {
      if (file === placeOf(entry) && downloadedBytes > 0) rmSync(file, { force: true });
    }
  } finally {
    lock.release();
  }
}

async function fileFor(
  entry: Published,
  { file, onBytes, patience }: GetRequest,
): Promise<{ readonly file: string; readonly downloadedBytes: number }> {
  const place = placeOf(entry);
  if (file !== undefined) return { file: resolve(file), downloadedBytes: 0 };
  if (statSync(place, { throwIfNoEntry: false })?.isFile()) return { file: place, downloadedBytes: 0 };
  const { size } = entry;
  const bytes = size !== "unknown" && "bytes" in size ? size.bytes : undefined;
  // The file, and the checkpoint that is made of it.
  if (size !== "unknown") requireSpace(downloadsFolder(), 2 * (bytes ?? sizeInBytes(size)), entry.name);
  const url = addressOf(entry);
  const wanted = { url, file: place, ...(bytes === undefined ? {} : { bytes }) };
  try {
    return { file: place, downloadedBytes: await fetchFile(wanted, onBytes, patience) };
  } catch (error) {
    if (!(error instanceof UserError) || error.reason !== "io") throw error;
    throw new UserError("io", error.message, { cause: error, hint: byHand(entry, error.hint) });
  }
}

const sizeInBytes = (size: Exclude<Published["size"], "unknown">): number =>
  "bytes" in size ? size.bytes : size.megabytes * 1e6;

const byHand = ({ name, url, file }: Published, other: string | undefined): string =>
  [
    ...(other === undefined ? [] : [`${other}, or`]),
    `fetch ${url} by hand and put it into ${downloadsFolder()} as ${file}`,
    `(or keep it where it is and add --file FILE), then: inception weights get ${name}`,
  ].join(" ");

/** Throws UserError("foreignWeights") for a file of another size or hash; one of the cache's own is removed, so that it is fetched anew. */
async function checkPublished(entry: Published, file: string): Promise<void> {
  const { size, hash } = entry;
  const found = statSync(file, { throwIfNoEntry: false });
  if (!found?.isFile()) throw new UserError("foreignWeights", `${file}: there is no such file`);
  const expected = size !== "unknown" && "bytes" in size ? size.bytes : found.size;
  if (found.size !== expected) throw notPublished(entry, file, `it has ${found.size} bytes, expected ${expected}`);
  if (hash === "unknown") return;
  const got = (await fileHash(file, hash.algorithm)).toString("hex");
  if (!got.startsWith(hash.hex))
    throw notPublished(entry, file, `its ${hash.algorithm} is ${got}, expected ${hashWords(hash)}`);
}

function notPublished(entry: Published, file: string, problem: string): UserError {
  const own = file === placeOf(entry);
  if (own) rmSync(file, { force: true });
  return new UserError("foreignWeights", `${file} is not the published ${basename(entry.url)}: ${problem}`, {
    hint: `${own ? "it has been removed; " : ""}inception import takes any file of weights as it is`,
  });
}

/** "0cc3c7bd..." where only the first digits are known. */
export const hashWords = ({ algorithm, hex }: Exclude<Published["hash"], "unknown">): string =>
  hex.length < hexDigits[algorithm] ? `${hex}...` : hex;
const hexDigits = { sha256: 64, sha1: 40, md5: 32 } as const;

function importRequest(entry: Published) {
  const { source, pixels, headless = false } = entry;
  return {
    source,
    network: foreignOf(entry).network.name,
    partial: headless,
    ...(pixels === undefined ? {} : { pixels }),
    // A classifier that starts anew knows no class.
    ...(headless ? {} : { labels: imageNetClasses }),
  };
}
