// A checkpoint's files as bytes that are those its manifest promises; lengths are seen before anything is read.
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { errorCode, explainIoError } from "../io-error.ts";
import type { FsPort } from "./files.ts";
import {
  fileOf,
  largestManifest,
  type Manifest,
  manifestFile,
  type Part,
  parseManifest,
  parts,
  sha256,
} from "./manifest.ts";
import { stepOf } from "./places.ts";
import { mostBytes } from "./variables.ts";

/** Throws UserError("checkpoint") naming the file that is missing, changed or too large, and how. */
export function readVerified(path: string, fs: FsPort): Manifest & { readonly contents: Map<Part, Uint8Array> } {
  const manifest = readManifest(path, fs);
  const most = mostBytes(manifest.state);
  const contents = new Map<Part, Uint8Array>();
  for (const part of parts) {
    const record = manifest.files[fileOf(part)];
    if (record === undefined) continue;
    const file = join(path, fileOf(part));
    if (record.bytes > most[part])
      throw new UserError(
        "checkpoint",
        `${file} has ${record.bytes} bytes, expected at most ${most[part]} for its network`,
      );
    const size = guarded(file, () => fs.size(file));
    if (size !== record.bytes)
      throw new UserError("checkpoint", `${file} is damaged: expected ${record.bytes} bytes, got ${size}`);
    const bytes = guarded(file, () => fs.read(file));
    if (sha256(bytes) !== record.sha256)
      throw new UserError("checkpoint", `${file} is damaged: its SHA-256 is not the one in ${manifestFile}`);
    contents.set(part, bytes);
  }
  return { ...manifest, contents };
}

/** What a checkpoint says of itself; its tensors stay unread and unverified. Throws UserError("checkpoint") as `readVerified` does. */
export function readManifest(path: string, fs: FsPort): Manifest {
  const file = join(path, manifestFile);
  const size = guarded(file, () => fs.size(file));
  if (size > largestManifest)
    throw new UserError("checkpoint", `${file} has ${size} bytes, expected at most ${largestManifest}`);
  const manifest = parseManifest(Buffer.from(guarded(file, () => fs.read(file))).toString(), file);
  const named = stepOf(path);
  if (named !== undefined && named !== manifest.step) {
    throw new UserError("checkpoint", `${file} is that of step ${manifest.step}, expected ${named}`);
  }
  return manifest;
}

/** Codes that mean "this file is broken", not "this machine is in trouble". */
const brokenCodes: Readonly<Record<string, string>> = {
  ENOENT: "is missing",
  ENOTDIR: "is missing",
  EISDIR: "is a folder, expected a file",
  EFTYPE: "is no plain file",
  EIO: "cannot be read (EIO)",
};

function guarded<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    const problem = brokenCodes[errorCode(error) ?? ""];
    if (problem === undefined) throw explainIoError(error, "cannot read", file);
    throw new UserError("checkpoint", `${file} ${problem}`, { cause: error });
  }
}
