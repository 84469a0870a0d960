// The shapes set: a folder for each of ten classes, drawn from a seed, the same everywhere.
import { mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { UserError } from "../../errors.ts";
import { errorCode, explainIoError } from "../../io-error.ts";
import { encodePng } from "../decode.ts";
import { drawShape } from "./draw.ts";
import { outlines } from "./outlines.ts";

export type ShapesOptions = {
  /** Pictures in each class. */
  readonly perClass: number;
  /** Height and width in pixels. */
  readonly size: number;
  readonly seed: number;
};
export type ShapesProgress = (done: number, total: number) => void;

export const shapeClasses: readonly string[] = Object.keys(outlines).sort();

/** Says how the pictures were made; hidden, so that it is not taken for one. */
const recordFile = ".shapes.json";
const drawingVersion = 2;
const atOnce = 16;

/**
 * Makes `<folder>/<class>/<class>-0001.png` and so on, all or nothing; "there" when the folder holds this very set already.
 * Throws UserError("data") when it holds anything else, ("diskFull") or ("io") when it cannot be written.
 */
export async function makeShapes(
  folder: string,
  options: ShapesOptions,
  progress: ShapesProgress = () => {},
): Promise<"made" | "there"> {
  const record = `${JSON.stringify({ set: "shapes", drawingVersion, ...options })}\n`;
  if (await holdsSet(folder, record, options.perClass)) return "there";
  const temporary = `${resolve(folder)}.tmp-${process.pid}`;
  try {
    await rm(temporary, { recursive: true, force: true });
    await mkdir(temporary, { recursive: true });
    await writePictures(temporary, options, progress);
    await writeFile(join(temporary, recordFile), record, { flag: "wx" });
    await rename(temporary, folder);
  } catch (error) {
    await rm(temporary, { recursive: true, force: true }).catch(() => {});
    throw explainIoError(error, "cannot make the shapes set in", folder);
  }
  return "made";
}

/** False for a folder that is missing or empty. */
async function holdsSet(folder: string, record: string, perClass: number): Promise<boolean> {
  const names = await listOrNone(folder);
  if (names.length === 0) return false;
  const found = names.includes(recordFile) ? await readFile(join(folder, recordFile), "utf8") : undefined;
  const counts = await Promise.all(shapeClasses.map(async (name) => (await listOrNone(join(folder, name))).length));
  if (found === record && counts.every((count) => count === perClass)) return true;
  const what =
    found === undefined ? "other files" : found === record ? "an incomplete set" : `another set: ${found.trim()}`;
  throw new UserError("data", `${folder} already holds ${what}; expected a new or an empty folder`, {
    hint: "remove it or choose another folder",
  });
}

async function listOrNone(folder: string): Promise<string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return [];
    if (errorCode(error) === "ENOTDIR") throw new UserError("data", `${folder} is a file; expected a folder`);
    throw explainIoError(error, "cannot list", folder);
  }
}

async function writePictures(
  folder: string,
  { perClass, size, seed }: ShapesOptions,
  progress: ShapesProgress,
): Promise<void> {
  for (const name of shapeClasses) await mkdir(join(folder, name));
  const total = perClass * shapeClasses.length;
  for (let first = 0; first < total; first += atOnce) {
    const last = Math.min(total, first + atOnce);
    const indices = Array.from({ length: last - first }, (_, offset) => first + offset);
    await Promise.all(
      indices.map(async (index) => {
        const name = shapeClasses[index % shapeClasses.length]!;
        const number = Math.floor(index / shapeClasses.length) + 1;
        const png = await encodePng(drawShape(name, size, seed, index), size, size);
        await writeFile(join(folder, name, `${name}-${String(number).padStart(4, "0")}.png`), png, { flag: "wx" });
      }),
    );
    progress(last, total);
  }
}
