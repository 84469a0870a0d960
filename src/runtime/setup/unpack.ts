// The few files of a wheel that are needed, out of hundreds of megabytes.
import { createWriteStream, mkdirSync } from "node:fs";
import { dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { openPromise } from "yauzl";
import { UserError } from "../../errors.ts";
import { errorCode, explainIoError } from "../../io-error.ts";

/**
 * Writes each member to its place below `folder`, and the wheel's RECORD to `folder/RECORD`.
 *
 * @throws UserError if the wheel is no archive, lacks a member, or the disk has no room.
 */
export async function unpackWheel(wheel: string, folder: string, members: readonly string[]): Promise<void> {
  const waiting = new Set(["RECORD", ...members]);
  try {
    const zip = await openPromise(wheel, { autoClose: false, strictFileNames: true });
    try {
      for await (const entry of zip.eachEntry()) {
        const name = /^[^/]+\.dist-info\/RECORD$/.test(entry.fileName) ? "RECORD" : entry.fileName;
        if (!waiting.delete(name)) continue;
        const target = join(folder, name);
        mkdirSync(dirname(target), { recursive: true });
        await pipeline(await zip.openReadStreamPromise(entry), createWriteStream(target));
      }
    } finally {
      zip.close();
    }
  } catch (error) {
    if (errorCode(error) !== undefined) throw explainIoError(error, "cannot unpack", wheel);
    throw new UserError("checkFailed", `${wheel} is no sound wheel: ${(error as Error).message}.`, { cause: error });
  }
  const [missing] = waiting;
  if (missing) throw new UserError("checkFailed", `${wheel} is no wheel of TensorFlow: it has no ${missing}.`);
}
