// The beginning of a file that is being fetched, and a note beside it of which file that is; both outlive the process.
import { existsSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { open } from "node:fs/promises";
import { explainIoError } from "../io-error.ts";

/** What tells one version of a file at an address from another. */
export interface Version {
  readonly url: string;
  /** A strong ETag or a date of change, for If-Range. */
  readonly validator: string;
  /** Bytes of the whole, where the server says. */
  readonly total?: number;
}

export interface PartialFile {
  /** How many bytes there are, of which version; 0 where it is not known of which. */
  begun(): { readonly bytes: number; readonly version?: Version };
  /** Begins anew with `version`, or without one: then it cannot be gone on with. */
  begin(version: Version | undefined): void;
  /** Adds what comes, telling how many bytes there are. Throws UserError("io") or ("diskFull"). */
  append(body: AsyncIterable<Uint8Array>, onBytes: (bytes: number) => void): Promise<void>;
  /** Gives it its name. */
  finish(): void;
  remove(): void;
}

export function partialFile(file: string): PartialFile {
  const partial = `${file}.partial`;
  const note = `${partial}.json`;
  const size = (): number => statSync(partial, { throwIfNoEntry: false })?.size ?? 0;
  const writing = <T>(work: () => T): T => {
    try {
      return work();
    } catch (error) {
      throw explainIoError(error, "cannot write", partial);
    }
  };
  return {
    begun() {
      const version = versionIn(note);
      return version === undefined ? { bytes: 0 } : { bytes: size(), version };
    },
    begin: (version) =>
      writing(() => {
        rmSync(note, { force: true });
        writeFileSync(partial, "");
        if (version !== undefined) writeFileSync(note, JSON.stringify(version));
      }),
    async append(body, onBytes) {
      const handle = await open(partial, "a");
      try {
        let bytes = size();
        onBytes(bytes);
        for await (const piece of body) {
          await handle.writeFile(piece).catch((error: unknown) => {
            throw explainIoError(error, "cannot write", partial);
          });
          bytes += piece.length;
          onBytes(bytes);
        }
      } finally {
        await handle.close();
      }
    },
    finish: () =>
      writing(() => {
        renameSync(partial, file);
        rmSync(note, { force: true });
      }),
    remove: () =>
      writing(() => {
        rmSync(partial, { force: true });
        rmSync(note, { force: true });
      }),
  };
}

function versionIn(note: string): Version | undefined {
  if (!existsSync(note)) return undefined;
  try {
    const { url, validator, total } = JSON.parse(readFileSync(note, "utf8")) as Partial<Version>;
    if (typeof url !== "string" || typeof validator !== "string") return undefined;
    return { url, validator, ...(typeof total === "number" ? { total } : {}) };
  } catch {
    return undefined;
  }
}
