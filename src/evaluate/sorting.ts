// Copies of pictures in a folder for each class that was predicted.
import { constants } from "node:fs";
import { copyFile, mkdir } from "node:fs/promises";
import { basename, extname, join } from "node:path";
import { errorCode, explainIoError } from "../io-error.ts";

/** Of what no class was certain enough. */
export const uncertainFolder = "uncertain";

/** Copies a picture into `<folder>/<className>`, under a free name, and gives its path. Throws UserError("io") or ("diskFull"). */
export async function sortInto(folder: string, className: string, file: string): Promise<string> {
  const target = join(folder, folderName(className));
  const [name, extension] = [basename(file, extname(file)), extname(file)];
  try {
    await mkdir(target, { recursive: true });
    for (let number = 1; ; number++) {
      const path = join(target, number === 1 ? `${name}${extension}` : `${name}-${number}${extension}`);
      if (await copied(file, path)) return path;
    }
  } catch (error) {
    throw explainIoError(error, "cannot sort into", target);
  }
}

async function copied(file: string, path: string): Promise<boolean> {
  try {
    await copyFile(file, path, constants.COPYFILE_EXCL);
    return true;
  } catch (error) {
    if (errorCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** A class's name as that of a folder, whatever characters it has. */
const folderName = (className: string): string => {
  const safe = className.replaceAll(/[/\\\0]/g, "_").trim();
  return /^\.*$/.test(safe) ? `_${safe}` : safe;
};
