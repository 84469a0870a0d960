// Memory and threads that the system refuses to a kernel inside TensorFlow: an error of that run, and the process lives.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { compiler, ownFlags } from "../../src/runtime/setup/addon.ts";
import { needs } from "../needs.ts";

test("a run fails with the reason, and the next one succeeds", needs("linux", "avx2"), () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-refusing-"));
  try {
    const [cxx, ...before] = compiler();
    const library = join(folder, "refusing.so");
    const flags = ownFlags.filter((flag) => flag !== "-c");
    execFileSync(cxx, [
      ...before,
      ...flags,
      "-shared",
      join(import.meta.dirname, "refusing.cc"),
      "-o",
      library,
      "-ldl",
    ]);
    const lines = execFileSync(process.execPath, [join(import.meta.dirname, "refused-convolution.mjs")], {
      encoding: "utf8",
      env: { ...process.env, LD_PRELOAD: library },
    }).split("\n");
    const sum = `${4 * 14 * 14 * 16 * 9 * 16}`;
    expect(lines.slice(0, 4)).toEqual([
      sum,
      expect.stringMatching(/^out of memory; this process holds/),
      expect.stringContaining("expected another thread from the system, got: "),
      sum,
    ]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
