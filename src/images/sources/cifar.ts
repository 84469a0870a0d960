// CIFAR-10 and CIFAR-100 in their binary form (Krizhevsky, "Learning Multiple Layers of Features from Tiny Images", 2009): files of records, each
// a label, or a coarse and a fine one, and three planes of 32 x 32 bytes.
import { createHash } from "node:crypto";
import { readdir, readFile, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { UserError } from "../../errors.ts";
import { explainIoError } from "../../io-error.ts";
import { readClassNames } from "./class-names.ts";
import { byCodePoint, type Found, type Reading } from "./listing.ts";

const side = 32;
const planeBytes = 3 * side * side;

/** A form by the file with its classes: the bytes of a record before the pixels, of which the last is the label, and what its training files are called. */
const forms = {
  "batches.meta.txt": { labelBytes: 1, training: /^data_batch_\d+\.bin$/ },
  "fine_label_names.txt": { labelBytes: 2, training: /^train\.bin$/ },
} as const;
type Meta = keyof typeof forms;

/** The files to train on of a folder in this form; none where it is in no such form. */
export async function cifarIn(folder: string): Promise<string[]> {
  const names = (await readdir(folder).catch(() => [])).sort(byCodePoint);
  const meta = metaAmong(names);
  return meta === undefined
    ? []
    : names.filter((name) => forms[meta].training.test(name)).map((name) => join(folder, name));
}

const metaAmong = (names: readonly string[]): Meta | undefined =>
  (Object.keys(forms) as Meta[]).find((meta) => names.includes(meta));

/**
 * The pictures of these files, all of one folder: the k-th of `test_batch.bin`, counted from 0, is `test_batch/00042`. Throws UserError("data") for a
 * file that is no whole number of records, and for a label without a name.
 */
export async function readCifar(files: readonly string[]): Promise<Reading> {
  const folder = dirname(files[0]!);
  const meta = metaAmong(await readdir(folder));
  if (meta === undefined)
    throw new UserError("data", `${files[0]}: expected ${Object.keys(forms).join(" or ")} beside it, with its classes`);
  const classes = await readClassNames(join(folder, meta));
  const found: Found[] = [];
  const content = createHash("sha256");
  for (const file of files) {
    const { pictures, sha256 } = await readRecords(file, classes, forms[meta].labelBytes);
    for (const picture of pictures) found.push(picture);
    content.update(`${basename(file)}\0`).update(sha256);
  }
  return { found, warnings: [], content: content.digest("hex") };
}

async function readRecords(file: string, classes: readonly string[], labelBytes: number) {
  const [bytes, { size, mtimeMs }] = await Promise.all([readFile(file), stat(file)]).catch((error: unknown) => {
    throw explainIoError(error, "cannot read", file);
  });
  const record = labelBytes + planeBytes;
  if (bytes.length === 0 || bytes.length % record !== 0)
    throw new UserError(
      "data",
      `${file}: ${bytes.length} bytes, expected a whole number of records of ${record} bytes`,
    );
  const container = { file, size, modified: Math.floor(mtimeMs) };
  const stem = basename(file).replace(/\.bin$/i, "");
  const pictures = Array.from({ length: bytes.length / record }, (_, at): Found => {
    const name = `${stem}/${String(at).padStart(5, "0")}`;
    const label = bytes[at * record + labelBytes - 1]!;
    const className = classes[label];
    if (className === undefined)
      throw new UserError("data", `${file}: ${name} has the label ${label}, expected 0 to ${classes.length - 1}`);
    const offset = at * record + labelBytes;
    return {
      name,
      className,
      size: planeBytes,
      source: { container, offset, length: planeBytes, planes: { width: side, height: side } },
    };
  });
  return { pictures, sha256: createHash("sha256").update(bytes).digest() };
}
