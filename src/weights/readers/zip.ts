// Zip archives, the container of .pth and .keras: the only door to yauzl. Nothing is written to the disk.
import { Readable } from "node:stream";
import { type Entry, fromRandomAccessReaderPromise, RandomAccessReader, type ZipFile } from "yauzl";
import { crc32 } from "../../crc.ts";
import type { ByteSource } from "./byte-source.ts";
import { refusal, refused, shown } from "./refused.ts";

export interface Zip {
  readonly names: readonly string[];
  size(name: string): number;
  /** Its bytes, their check compared. Throws UserError("foreignWeights") where they are damaged or the archive has no such file. */
  read(name: string): Promise<Uint8Array<ArrayBuffer>>;
}

const mostEntries = 100_000;
const mostBytes = 2 ** 32;
/** Weights hardly shrink; what grows a thousandfold is made to fill the memory. */
const mostGrowth = 1000;

/** Throws UserError("foreignWeights") for what is no archive, or one with a name twice, outside itself, or encrypted. */
export async function withZip<T>(source: ByteSource, use: (zip: Zip) => Promise<T>): Promise<T> {
  const { file, size } = source;
  const zip = await explained(
    file,
    "it is no sound zip archive",
    fromRandomAccessReaderPromise(new SourceReader(source), size, { autoClose: false, strictFileNames: true }),
  );
  try {
    const entries = await explained(file, "its list of files is damaged", list(zip, file));
    const find = (name: string): Entry => {
      const entry = entries.get(name);
      if (entry === undefined) throw refused(file, `the archive has no file "${shown(name)}"`);
      return entry;
    };
    return await use({
      names: [...entries.keys()],
      size: (name) => find(name).uncompressedSize,
      read: (name) => explained(file, `"${shown(name)}" in it is damaged`, read(zip, find(name), file)),
    });
  } finally {
    zip.close();
  }
}

const chunkBytes = 2 ** 20;

/** yauzl's own reader of a file throws past every handler where a damaged archive points out of it. */
class SourceReader extends RandomAccessReader {
  readonly #source: ByteSource;

  constructor(source: ByteSource) {
    super();
    this.#source = source;
  }

  override read(
    buffer: Buffer,
    offset: number,
    length: number,
    position: number,
    callback: (error: Error | null) => void,
  ): void {
    let failure: Error | null = null;
    try {
      buffer.set(this.#source.read(position, length), offset);
    } catch (error) {
      failure = error as Error;
    }
    callback(failure);
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const source = this.#source;
    function* chunks(): Generator<Uint8Array> {
      for (let at = start; at < end; at += chunkBytes) yield source.read(at, Math.min(chunkBytes, end - at));
    }
    return Readable.from(chunks(), { objectMode: false });
  }
}

async function list(zip: ZipFile, file: string): Promise<Map<string, Entry>> {
  if (zip.entryCount > mostEntries)
    throw refused(file, `it lists ${zip.entryCount} files, expected at most ${mostEntries}`);
  const entries = new Map<string, Entry>();
  let total = 0;
  for await (const entry of zip.eachEntry()) {
    const { fileName: name, uncompressedSize, compressedSize } = entry;
    if (name.endsWith("/")) continue;
    if (entries.has(name)) throw refused(file, `"${shown(name)}" stands twice in the archive`);
    if (entry.isEncrypted()) throw refused(file, `"${shown(name)}" in it is encrypted`);
    if (uncompressedSize > mostGrowth * (compressedSize + mostGrowth)) {
      throw refused(file, `"${shown(name)}" in it has ${uncompressedSize} bytes, packed into ${compressedSize}`);
    }
    total += uncompressedSize;
    if (total > mostBytes) throw refused(file, `its files have more than ${mostBytes} bytes together`);
    entries.set(name, entry);
  }
  return entries;
}

async function read(zip: ZipFile, entry: Entry, file: string): Promise<Uint8Array<ArrayBuffer>> {
  const bytes = new Uint8Array(entry.uncompressedSize);
  let length = 0;
  for await (const chunk of await zip.openReadStreamPromise(entry)) {
    bytes.set(chunk as Uint8Array, length);
    length += (chunk as Uint8Array).length;
  }
  if (length !== bytes.length) {
    throw refused(file, `"${shown(entry.fileName)}" in it has ${length} bytes, expected ${bytes.length}`);
  }
  if (crc32(bytes) !== entry.crc32) {
    throw refused(file, `"${shown(entry.fileName)}" in it is damaged: its bytes do not match their check (CRC-32)`);
  }
  return bytes;
}

const explained = <T>(file: string, problem: string, work: Promise<T>): Promise<T> =>
  work.catch((error) => {
    throw refusal(file, problem, error);
  });
