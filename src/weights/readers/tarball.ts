// A compressed tar archive around a checkpoint, as TF-Slim's are published: unpacked into a temporary folder, read, removed.
import { createReadStream, createWriteStream, readdirSync, rmSync } from "node:fs";
import { basename, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract } from "tar-stream";
import { UserError } from "../../errors.ts";
import { errorCode, explainIoError } from "../../io-error.ts";
import { temporaryFolder } from "../../temporary.ts";
import type { ForeignFile } from "../foreign.ts";
import { refusal, refused } from "./refused.ts";

/** Of all files in it: no network that is known here comes near. */
const largest = 2 ** 31;

/** What `read` finds in its only file, or in the folder of its files. Their names count, not where in the archive they lie. */
export async function readTarball(file: string, read: (path: string) => Promise<ForeignFile>): Promise<ForeignFile> {
  const folder = temporaryFolder("what the archive holds", "inception-unpacked-");
  try {
    await unpack(file, folder);
    const names = readdirSync(folder);
    if (names.length === 0) throw refused(file, "there is no file in it");
    return await read(names.length === 1 ? join(folder, names[0]!) : folder);
  } catch (error) {
    throw inside(error, file, folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function unpack(file: string, folder: string): Promise<void> {
  const untar = extract();
  const unpacking = pipeline(createReadStream(file), createGunzip(), untar);
  // Whichever fails first is what is told.
  unpacking.catch(() => {});
  let total = 0;
  try {
    for await (const entry of untar) {
      const { name, type, size = 0 } = entry.header;
      const short = basename(name);
      if (type !== "file" || short.startsWith(".")) {
        entry.resume();
        continue;
      }
      total += size;
      if (total > largest) throw refused(file, `it unpacks to more than ${largest} bytes`);
      await pipeline(entry, createWriteStream(join(folder, short)));
    }
    await unpacking;
  } catch (error) {
    untar.destroy();
    throw errorCode(error) === undefined || isDamage(error)
      ? refusal(file, "the archive is damaged or cut off", error)
      : explainIoError(error, "cannot unpack", file);
  }
}

/** zlib has codes of its own, which do not begin with E. */
const isDamage = (error: unknown): boolean => !("syscall" in (error as object));

/** A refusal of what was unpacked is told of the archive. */
function inside(error: unknown, file: string, folder: string): unknown {
  if (!(error instanceof UserError) || !error.message.startsWith(folder)) return error;
  const { reason, message, hint } = error;
  const rest = message.slice(folder.length).replace(/^\//, "");
  return new UserError(reason, `${file}: ${rest.replace(/^: /, "")}`, {
    cause: error,
    ...(hint === undefined ? {} : { hint }),
  });
}
