// The hash of a file, and what others publish of it.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

export type HashAlgorithm = "sha256" | "sha1" | "md5";

/** `hex` may be the first digits alone, as PyTorch writes them into the names of its files. */
export type PublishedHash = { readonly algorithm: HashAlgorithm; readonly hex: string };

export async function fileHash(file: string, algorithm: HashAlgorithm = "sha256"): Promise<Buffer> {
  const hash = createHash(algorithm);
  for await (const piece of createReadStream(file)) hash.update(piece as Buffer);
  return hash.digest();
}
