// A tar archive with one folder for each class, held in memory: nothing of it is ever written to disk.
import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { stat } from "node:fs/promises";
import { totalmem } from "node:os";
import { Transform, type TransformCallback } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { extract, type Header } from "tar-stream";
import { counted } from "../../counted.ts";
import { UserError } from "../../errors.ts";
import { visibleName } from "../../visible.ts";
import { isHidden, safeName } from "./entry-name.ts";
import { byCodePoint, ignoredWarning, isPictureName, type Reading } from "./listing.ts";

/** Bytes of all pictures of an archive, together: 4 GiB, or half of the machine's memory if that is less. */
export const largestArchive = Math.min(4 * 2 ** 30, Math.floor(totalmem() / 2));
/** Of one picture. */
const largestEntry = 64 * 2 ** 20;
const largestRatio = 100;
/** Small archives may swell more: a handful of tiny pictures is mostly padding. */
const ratioFrom = 32 * 2 ** 20;

export type Entry = { readonly name: string; readonly bytes: Uint8Array };
type Contents = { readonly entries: Map<string, Entry>; readonly warnings: string[] };

/** The pictures below the folder `inside` ("" for all). A folder that holds everything, as `train/`, is no class: it is left off. */
export async function readArchive(path: string, inside: string): Promise<Reading> {
  const { entries, warnings } = await readEntries(path);
  const prefix = inside === "" ? "" : `${inside}/`;
  const chosen = [...entries.values()]
    .filter(({ name }) => name.startsWith(prefix))
    .map(({ name, bytes }) => ({ parts: name.slice(prefix.length).split("/"), bytes }));
  while (chosen.length > 0 && chosen.every(({ parts }) => parts.length > 2 && parts[0] === chosen[0]!.parts[0]))
    for (const { parts } of chosen) parts.shift();
  const classless = chosen.filter(({ parts }) => parts.length < 2).length;
  const found = chosen
    .filter(({ parts }) => parts.length > 1)
    .map(({ parts, bytes }) => ({
      name: parts.join("/"),
      className: parts[0]!,
      size: bytes.length,
      source: { bytes },
    }));
  if (classless > 0)
    warnings.push(
      `${counted(classless, "picture lies in no class folder and was", "pictures lie in no class folder and were")} left out`,
    );
  const content = createHash("sha256");
  for (const { name, source } of found.sort((a, b) => byCodePoint(a.name, b.name)))
    content.update(`${name}\0`).update(createHash("sha256").update(source.bytes).digest());
  return { found, warnings, content: content.digest("hex") };
}

/** Every picture of an archive by name. Throws UserError("data") for one that is cut off, damaged or too large. */
export async function readEntries(path: string): Promise<Contents> {
  const { size } = await stat(path);
  const gzipped = /gz$/i.test(path);
  const untar = extract();
  const tail = watch(path, gzipped ? size : Number.POSITIVE_INFINITY);
  const collector = collect(path, untar);
  try {
    const source = createReadStream(path);
    await Promise.all([
      gzipped ? pipeline(source, createGunzip(), tail.stream, untar) : pipeline(source, tail.stream, untar),
      collector.done,
    ]);
  } catch (cause) {
    if (cause instanceof UserError) throw cause;
    throw new UserError(
      "data",
      `${path}: a damaged or cut-off archive (${(cause as Error).message}), ${collector.progress()}`,
      { cause },
    );
  }
  if (!tail.complete()) throw new UserError("data", `${path}: the archive is cut off, ${collector.progress()}`);
  return collector.contents();
}

/** Reads entry after entry. */
function collect(path: string, untar: ReturnType<typeof extract>) {
  const entries = new Map<string, Entry>();
  const ignored: string[] = [];
  const counts = { special: 0, unsafe: 0, repeated: 0, oversized: 0 };
  let total = 0;
  let last = "";

  const take = async (header: Header, stream: AsyncIterable<Uint8Array>): Promise<void> => {
    // It has no content, whatever size it claims; the stream of one that claims any would never end.
    if (header.type === "directory") return;
    const name = safeName(header.name);
    const size = header.size ?? 0;
    const skipped =
      header.type !== "file" && header.type !== "contiguous-file"
        ? "special"
        : name === undefined
          ? "unsafe"
          : !isPictureName(name) || isHidden(name)
            ? "ignored"
            : size > largestEntry
              ? "oversized"
              : undefined;
    if (skipped === undefined) total += size;
    if (total > largestArchive) throw tooLarge(path);
    const bytes = skipped === undefined ? new Uint8Array(new SharedArrayBuffer(size)) : undefined;
    let at = 0;
    for await (const chunk of stream) {
      bytes?.set(chunk, at);
      at += chunk.length;
    }
    if (skipped === "ignored") ignored.push(header.name);
    else if (skipped !== undefined) counts[skipped]++;
    if (bytes && name !== undefined) {
      if (entries.has(name)) counts.repeated++;
      entries.set(name, { name, bytes });
      last = name;
    }
  };

  const done = (async () => {
    for await (const entry of untar) await take(entry.header, entry as AsyncIterable<Uint8Array>);
  })();
  return {
    done,
    progress: () => (last === "" ? "before its first picture" : `after ${visibleName(last)}`),
    contents: (): Contents => ({
      entries,
      warnings: [
        ...ignoredWarning(ignored.filter((name) => !isHidden(name))),
        ...told(
          counts.special,
          "link, device or other special entry was left out",
          "links, devices and other special entries were left out",
        ),
        ...told(
          counts.unsafe,
          "entry whose name leads out of the archive was left out",
          "entries whose names lead out of the archive were left out",
        ),
        ...told(
          counts.oversized,
          "picture larger than 64 MiB was left out",
          "pictures larger than 64 MiB were left out",
        ),
        ...told(
          counts.repeated,
          "picture is in the archive more than once; the last counts",
          "pictures are in the archive more than once; the last counts",
        ),
      ],
    }),
  };
}

const told = (count: number, one: string, several: string): string[] =>
  count > 0 ? [counted(count, one, several)] : [];

/** Passes bytes on, and sees whether they end in the block of zeros that closes an archive, and how much they swelled. */
function watch(path: string, compressedSize: number) {
  let seen = 0;
  let tail: Uint8Array = new Uint8Array();
  const stream = new Transform({
    transform(chunk: Uint8Array, _encoding, pass: TransformCallback) {
      seen += chunk.length;
      tail = chunk.length >= 512 ? chunk.slice(-512) : Buffer.concat([tail, chunk]).subarray(-512);
      if (seen > ratioFrom && seen > compressedSize * largestRatio)
        return pass(
          new UserError("data", `${path}: swells to more than ${largestRatio} times its size and was refused`),
        );
      if (seen > 2 * largestArchive) return pass(tooLarge(path));
      pass(null, chunk);
    },
  });
  return { stream, complete: () => seen > 0 && tail.length === 512 && tail.every((byte) => byte === 0) };
}

const tooLarge = (path: string): UserError =>
  new UserError(
    "data",
    `${path}: holds more than ${(largestArchive / 2 ** 30).toFixed(1)} GiB of pictures, too much to keep in memory`,
    {
      hint: "unpack it and give the folder",
    },
  );
