// The bytes of a picture's file, and what it means where they do not come: a picture is missing, or all of them are out of reach.
import { type FileHandle, open, readFile, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";
import type { Container, ItemSource } from "./sources/listing.ts";

/** No fault of a picture: leaving it out would leave out all of them. */
export class SourceLost extends UserError {
  constructor(problem: string) {
    super("data", problem, {
      hint: "what was done is kept: once they are there again, inception train --resume goes on, as does the same inception eval",
    });
  }
}

/** Of the file system or the process, and what to say of them. */
const troubles: Readonly<Record<string, string>> = {
  EIO: "its disk or network gives errors",
  ESTALE: "its network file system has lost it",
  ENOTCONN: "its file system is not connected",
  EHOSTDOWN: "its file system's host is down",
  ETIMEDOUT: "its file system does not answer",
  ENODEV: "its device is gone",
  ENXIO: "its device is gone",
  EMFILE: "this process has too many files open",
  ENFILE: "this machine has too many files open",
  ENOMEM: "this machine has no memory left",
};

/** Larger files are no pictures to us. */
const mostBytes = 64 * 2 ** 20;

/** Of a picture alone; no more than its size has been asked for. */
export class TooLarge extends Error {
  constructor() {
    super("larger than 64 MiB");
  }
}

/**
 * The bytes of a picture. Throws TooLarge before it reads any, and SourceLost for what is no fault of it: a code above, a folder that is gone
 * with it, a container that has changed.
 */
export const readPicture = (source: ItemSource): Promise<Uint8Array> | Uint8Array => {
  if ("bytes" in source) return source.bytes;
  if ("file" in source) return readWhole(source.file);
  return readPart(source.container, source.offset, source.length);
};

async function readWhole(file: string): Promise<Uint8Array> {
  try {
    if ((await stat(file)).size > mostBytes) throw new TooLarge();
    return await readFile(file);
  } catch (error) {
    return await lost(file, error);
  }
}

async function lost(file: string, error: unknown): Promise<never> {
  const code = errorCode(error) ?? "";
  const trouble = troubles[code] ?? (code === "ENOENT" && !(await isThere(dirname(file))) ? "its folder is gone" : "");
  if (trouble === "") throw error;
  throw new SourceLost(`${file} cannot be read, and nor can others: ${trouble} (${code})`);
}

/** Opened each time: so many pictures are in work at once, and no more files are open than that. */
async function readPart(container: Container, offset: number, length: number): Promise<Uint8Array> {
  const { file } = container;
  if (length > mostBytes) throw new TooLarge();
  let handle: FileHandle | undefined;
  try {
    handle = await open(file);
    const { size, mtimeMs } = await handle.stat();
    if (size !== container.size || Math.floor(mtimeMs) !== container.modified)
      throw new SourceLost(`${file} has changed since its pictures were listed`);
    const bytes = Buffer.allocUnsafe(length);
    for (let done = 0; done < length; ) {
      const { bytesRead } = await handle.read(bytes, done, length - done, offset + done);
      if (bytesRead === 0) throw new SourceLost(`${file} is shorter than when its pictures were listed`);
      done += bytesRead;
    }
    return bytes;
  } catch (error) {
    if (errorCode(error) === "ENOENT") throw new SourceLost(`${file} is gone, with all pictures in it`);
    return await lost(file, error);
  } finally {
    await handle?.close();
  }
}

const isThere = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );
