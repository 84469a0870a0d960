// The last fallback, for machines without Python: the library that tfjs-node's own install script downloads.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { type Library, libraryIn, tfjsNodeFolder } from "./library.ts";

/**
 * Says aloud what is being settled for, then runs the package's own install script unless its library is there already.
 * Only the library matters: the addon is compiled like any other. The script leaves package.json changed when it fails later on.
 *
 * @throws UserError if the script leaves no library.
 */
export async function installStock(note: (line: string) => void, folder: string = tfjsNodeFolder()): Promise<Library> {
  if (!existsSync(scriptIn(folder)) && !libraryIn(join(folder, "deps"), "stock"))
    throw new UserError(
      "checkFailed",
      "TensorFlow is fetched with Python's pip: expected `python3 -m pip`, found none",
      {
        hint: "Install Python 3 with pip, for example: apt-get install python3-pip, and run `inception setup` again.",
      },
    );
  note(
    "Warning: without `python3 -m pip` only TensorFlow 2.9.1 of 2022 can be had; it is slow and has no fast bfloat16.",
  );
  note("         For the current one install Python 3 with pip and run `inception setup` again.");
  const libraries = join(folder, "deps");
  const found = libraryIn(libraries, "stock");
  if (found) return found;
  const description = readFileSync(join(folder, "package.json"));
  const code = await runScript(folder);
  writeFileSync(join(folder, "package.json"), description);
  const library = libraryIn(libraries, "stock");
  if (library) return library;
  throw new UserError(
    "io",
    `TensorFlow could not be had: no Python with pip, and tfjs-node's script ended with code ${code}.`,
    {
      hint: "Install Python 3 with pip, or point INCEPTION_TENSORFLOW to an unpacked libtensorflow, and run `inception setup` again.",
    },
  );
}

/** The script takes the host that it downloads from out of these. */
const withoutHosts = (environment: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(environment).filter(([name]) => !/CDN_STORAGE|TFJS_NODE_BASE_URI/i.test(name)));

const scriptIn = (folder: string): string => join(folder, "scripts/install.js");

const runScript = (folder: string): Promise<number | null> =>
  new Promise((resolve) => {
    const args = [scriptIn(folder), "cpu", "download"];
    const child = spawn(process.execPath, args, { cwd: folder, stdio: "ignore", env: withoutHosts(process.env) });
    child.on("error", () => resolve(null)).on("close", resolve);
  });
