// The C++ program that runs the kernels without TensorFlow (program/), compiled with the flags that set-up uses.
import { execFile } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import { cacheFolder } from "../../src/cache-folder.ts";
import { compiler, ownFlags, ownObjects } from "../../src/runtime/setup/addon.ts";
import { findLibrary } from "../../src/runtime/setup/library.ts";

const root = process.cwd();
const run = promisify(execFile);

/** Lines that the program prints, one a proof; throws with its first complaint. */
export type Program = { run(shapes: number, turns: number): Promise<string[]>; remove(): void };

/** Every warning is an error. `more` come last: they may replace -O3 and add sanitizers. */
export async function compileProgram(more: readonly string[] = []): Promise<Program> {
  const folder = mkdtempSync(join(tmpdir(), "inception-native-"));
  const [cxx, ...before] = compiler();
  const strict = ["-Werror", `-I${findLibrary(cacheFolder())!.include}`, ...more];
  const proofs = join(root, "test/native/program");
  const waiting = [
    ...ownObjects(process.arch === "x64" ? [4, 8, 16] : [4], join(root, "native")),
    ...readdirSync(proofs)
      .filter((name) => name.endsWith(".cc"))
      .map((name) => ({ source: join(proofs, name), flags: ownFlags })),
  ].map((one, index) => ({ ...one, object: join(folder, `${index}.o`) }));
  const objects = waiting.map(({ object }) => object);
  const compileOne = async (): Promise<void> => {
    for (let next = waiting.pop(); next; next = waiting.pop()) {
      const renamed = basename(next.source) === "processor.cc" ? ["-DkernelSet=chosenSet"] : [];
      await run(cxx, [...before, ...next.flags, ...strict, ...renamed, next.source, "-o", next.object]);
    }
  };
  await Promise.all(Array.from({ length: availableParallelism() }, compileOne));
  const program = join(folder, "program");
  await run(cxx, [...before, "-pthread", ...more, ...objects, "-o", program, "-ldl"]);
  return {
    run: async (shapes, turns) => (await run(program, [`${shapes}`, `${turns}`])).stdout.trim().split("\n"),
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
