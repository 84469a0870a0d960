// The last fallback, for machines without Python or a wheel: the library that tfjs-node's own install script downloads.
import { spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../../errors.ts";
import { type Library, libraryIn, tfjsNodeFolder } from "./library.ts";
import { platformName, tensorflowVersion } from "./release.ts";

/** Why the current wheel cannot be had, and what to do about it. */
export type Want = "pip" | "wheel";
const reasons: Readonly<Record<Want, { readonly because: string; readonly remedy: string }>> = {
  pip: {
    because: "there is no `python3 -m pip` to fetch it with",
    remedy: "install Python 3 with pip, for example: apt-get install python3-pip, and run `inception setup` again",
  },
  wheel: {
    because: `it is not published for ${platformName}`,
    remedy: "point INCEPTION_TENSORFLOW to a TensorFlow that you have, and run `inception setup` again",
  },
};

/**
 * Says aloud what is being settled for, then runs the package's own install script unless its library is there already.
 * Only the library matters: the addon is compiled like any other. The script leaves package.json changed when it fails later on.
 *
 * @throws UserError if there is no script, or it leaves no library.
 */
export async function installStock(
  want: Want,
  note: (line: string) => void,
  folder: string = tfjsNodeFolder(),
): Promise<Library> {
  const { because, remedy } = reasons[want];
  const libraries = join(folder, "deps");
  const failed = (more: string): UserError =>
    new UserError("io", `TensorFlow ${tensorflowVersion} could not be had: ${because}${more}.`, { hint: `${remedy}.` });
  const found = libraryIn(libraries, "stock");
  if (!found && !existsSync(scriptIn(folder))) throw failed("");
  note(`Warning: ${because}: only TensorFlow 2.9.1 of 2022 can be had, which is slow and has no fast bfloat16;`);
  note(`         ${remedy}.`);
  if (found) return found;
  const description = readFileSync(join(folder, "package.json"));
  const code = await runScript(folder);
  writeFileSync(join(folder, "package.json"), description);
  const library = libraryIn(libraries, "stock");
  if (library) return library;
  throw failed(`, and tfjs-node's script ended with code ${code}`);
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
