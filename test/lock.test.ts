import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { acquireLock, lockHolder } from "../src/lock.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-test-"));
  path = join(folder, "deep", "lock");
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const compiled = new URL("../dist/lock.js", import.meta.url).href;

/** A process that takes the lock, says whether it got it, then runs `after`. */
async function otherProcess(after: string) {
  const script = `import { acquireLock } from ${JSON.stringify(compiled)};
    const lock = acquireLock(${JSON.stringify(path)}); console.log(lock ? "got" : "refused"); ${after}`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: ["pipe", "pipe", "inherit"] });
  const [said] = (await once(child.stdout, "data")) as [Buffer];
  return { child, said: String(said).trim() };
}

test("one holder at a time, also within a process; released, it can be taken again", () => {
  const lock = acquireLock(path);
  expect(lock).toBeDefined();
  expect(acquireLock(path)).toBeUndefined();
  lock?.release();
  lock?.release();
  const again = acquireLock(path);
  expect(again).toBeDefined();
  again?.release();
});

test("the file says who holds it; a refused attempt leaves that alone", () => {
  expect(lockHolder(path)).toBeUndefined();
  const lock = acquireLock(path);
  acquireLock(path);
  const holder = lockHolder(path);
  expect(holder).toMatchObject({ pid: process.pid, host: hostname() });
  expect(Math.abs(Date.now() - Date.parse(holder?.since ?? ""))).toBeLessThan(60_000);
  lock?.release();
});

test("another process is refused, and gets it at once when its holder is killed, even a holder that is busy", async () => {
  const { child, said } = await otherProcess("for (;;);");
  expect(said).toBe("got");
  expect(acquireLock(path)).toBeUndefined();
  expect(lockHolder(path)?.pid).toBe(child.pid);
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = acquireLock(path);
  expect(lock).toBeDefined();
  expect((await otherProcess("")).said).toBe("refused");
  lock?.release();
});

test("a child that outlives its holder does not keep the lock", async () => {
  const after = `const { spawn } = await import("node:child_process");
    const child = spawn("sleep", ["30"], { stdio: "ignore", detached: true }); console.log(child.pid); setInterval(() => {}, 1000);`;
  const { child } = await otherProcess(after);
  const [pid] = (await once(child.stdout, "data")) as [Buffer];
  child.kill("SIGKILL");
  await once(child, "exit");
  const lock = acquireLock(path);
  process.kill(Number(String(pid)), "SIGKILL");
  expect(lock).toBeDefined();
  lock?.release();
});
