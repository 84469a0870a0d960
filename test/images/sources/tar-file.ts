// Tar files for tests: whole ones from entries, and headers with fields that no program would write.
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Header, pack } from "tar-stream";
import { folder } from "./scratch.ts";

export type Entry = Partial<Header> & { name: string; text?: string | Uint8Array };

export async function tar(entries: readonly Entry[]): Promise<Buffer> {
  const archive = pack();
  for (const { text = "", ...header } of entries) archive.entry(header as Header, Buffer.from(text));
  archive.finalize();
  const chunks: Uint8Array[] = [];
  for await (const chunk of archive) chunks.push(chunk as Uint8Array);
  return Buffer.concat(chunks);
}

export const files = (...names: string[]): Entry[] => names.map((name) => ({ name, text: name }));

/** Each key with a picture and its class. */
export const samples = (classes: Readonly<Record<string, string>>): Entry[] =>
  Object.entries(classes).flatMap(([key, text]) => [
    { name: `${key}.cls`, text },
    { name: `${key}.jpg`, text: `picture of ${key}` },
  ]);

/** In the folder of the test that runs now. */
export async function put(name: string, bytes: Uint8Array): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, bytes);
  return path;
}

/** With these bytes from this place of the header at `at` on, and its checksum made right. */
export function patched(archive: Buffer, at: number, place: number, bytes: string | Uint8Array): Buffer {
  const copy = Buffer.from(archive);
  const header = copy.subarray(at, at + 512);
  header.set(typeof bytes === "string" ? Buffer.from(bytes, "latin1") : bytes, place);
  header.fill(" ", 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return copy;
}
