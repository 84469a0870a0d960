// The last fallback, for machines without Python: the library that tfjs-node's own install script downloads.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { type Library, libraryIn, tfjsNodeFolder } from "./library.ts";

/**
 * Says aloud what is being settled for, then runs the package's own script unless its library is there already.
 *
 * @throws UserError if the script leaves no library.
 */
export async function installStock(found: Library | undefined, note: (line: string) => void): Promise<Library> {
  note(
    "Warning: without `python3 -m pip` only TensorFlow 2.9.1 of 2022 can be had; it is slow and has no fast bfloat16.",
  );
  note("         For the current TensorFlow install Python 3 with pip and run `inception setup` again.");
  if (found) return found;
  const folder = tfjsNodeFolder();
  const code = await new Promise<number | null>((resolve) => {
    const child = spawn(process.execPath, [join(folder, "scripts/install.js"), "cpu", "download"], {
      cwd: folder,
      stdio: ["ignore", "ignore", "inherit"],
    });
    child.on("error", () => resolve(null)).on("close", resolve);
  });
  const library = libraryIn(join(folder, "deps"), "stock");
  if (library) return library;
  throw new UserError(
    "io",
    `TensorFlow could not be had: no Python with pip, and tfjs-node's install script ended with code ${code}.`,
    {
      hint: "Install Python 3 with pip, or point INCEPTION_TENSORFLOW to an unpacked libtensorflow, and run `inception setup` again.",
    },
  );
}
