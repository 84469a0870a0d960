import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { cacheFolder } from "../../../src/cache-folder.ts";
import { findAddon } from "../../../src/runtime/binding.ts";
import { lockFile, tensorflowFolder } from "../../../src/runtime/setup/cache.ts";
import { releasesForThisMachine, wheelMembers } from "../../../src/runtime/setup/release.ts";
import { type SetupOptions, setUp } from "../../../src/runtime/setup/setup.ts";
import type { Download } from "../../../src/runtime/setup/wheel.ts";
import { needs } from "../../needs.ts";
import { copyingCompiler, makeWheel, realLibrary, temporaryFolder } from "./support.ts";

function quiet(cache: string, download: Download): SetupOptions & { notes: string[] } {
  const notes: string[] = [];
  return { cache, download, notes, note: (line) => notes.push(line), onBytes: () => {} };
}

function counted(damaged?: string): { download: Download; times(): number } {
  let times = 0;
  const download: Download = async (_, folder) => {
    times++;
    return makeWheel(folder, { damaged });
  };
  return { download, times: () => times };
}

const whole = (cache: string): boolean =>
  wheelMembers.every((member) => existsSync(join(tensorflowFolder(cache), member.replace(/^tensorflow\//, ""))));

describe("a set-up from a wheel", needs("pip"), () => {
  test("leaves the libraries, the headers and the addon; the wheel is gone; a second one does nothing", async () => {
    const cache = temporaryFolder();
    const compiler = copyingCompiler();
    const { download, times } = counted();
    const first = await setUp(quiet(cache, download));
    expect(first).toMatchObject({ source: "cache", compiled: true, folder: tensorflowFolder(cache) });
    expect(whole(cache)).toBe(true);
    expect(readdirSync(cache, { recursive: true }).filter((name) => /whl|partial|\.o$/.test(String(name)))).toEqual([]);
    const calls = compiler.calls();
    const second = await setUp(quiet(cache, download));
    expect(second).toMatchObject({ compiled: false, downloadedBytes: 0, addon: first.addon });
    expect([times(), compiler.calls()]).toEqual([1, calls]);
    await setUp({ ...quiet(cache, download), force: true });
    expect([times(), compiler.calls()]).toEqual([2, 2 * calls]);
  });

  test("two at once download and compile once; the second says for whom it waits", async () => {
    const cache = temporaryFolder();
    copyingCompiler();
    const { download, times } = counted();
    const both = [quiet(cache, download), quiet(cache, download)];
    const results = await Promise.all(both.map(setUp));
    expect(times()).toBe(1);
    expect(results.map(({ compiled }) => compiled).sort()).toEqual([false, true]);
    expect(both.flatMap(({ notes }) => notes).join()).toContain(`Waiting for another set-up (process ${process.pid}`);
  });

  test("a damaged file is named and nothing looks finished", async () => {
    const cache = temporaryFolder();
    const { download } = counted("tensorflow/include/tensorflow/c/tf_tensor.h");
    const work = setUp(quiet(cache, download));
    await expect(work).rejects.toMatchObject({ name: "UserError", message: expect.stringContaining("c/tf_tensor.h") });
    expect(existsSync(tensorflowFolder(cache))).toBe(false);
  });

  test.each([
    ["whole", 0],
    ["torn", 1],
    ["of another release", 1],
  ])("a wheel left by a killed set-up that is %s: %i fetched", async (state, fetched) => {
    copyingCompiler();
    const cache = temporaryFolder();
    const [release] = releasesForThisMachine();
    const left = join(`${tensorflowFolder(cache)}.partial`, release!.package, "download-1");
    mkdirSync(left, { recursive: true });
    const wheel = makeWheel(left);
    const sha256 = createHash("sha256")
      .update(state === "of another release" ? "" : readFileSync(wheel))
      .digest("hex");
    if (state === "torn") truncateSync(wheel, 1000);
    const { download, times } = counted();
    await setUp({ ...quiet(cache, download), releases: [{ ...release!, sha256 }] });
    expect(times()).toBe(fetched);
    expect(whole(cache)).toBe(true);
  });

  test("what is ready is only read: no lock, nothing written", async () => {
    const cache = temporaryFolder();
    copyingCompiler();
    await setUp(quiet(cache, counted().download));
    rmSync(lockFile(cache));
    const before = readdirSync(cache, { recursive: true });
    await setUp(quiet(cache, counted().download));
    expect(readdirSync(cache, { recursive: true })).toEqual(before);
  });

  test("a library that was cut is said and fetched again, an addon that was cut is compiled again", async () => {
    process.env.XDG_CACHE_HOME = temporaryFolder();
    const cache = cacheFolder();
    mkdirSync(cache);
    const compiler = copyingCompiler();
    const { download, times } = counted();
    const first = await setUp(quiet(cache, download));
    const calls = compiler.calls();
    expect(findAddon()).toBe(first.addon);
    // In the place of the file, which this process has loaded: it would die of a hole in its memory.
    writeFileSync(`${first.addon}.cut`, readFileSync(first.addon).subarray(0, 100));
    renameSync(`${first.addon}.cut`, first.addon);
    expect(findAddon).toThrow(
      /^The TensorFlow engine is damaged: tfjs_binding.node: expected .* bytes, got 100 bytes\.$/,
    );
    expect(await setUp(quiet(cache, download))).toMatchObject({ compiled: true, addon: first.addon });
    expect([times(), compiler.calls()]).toEqual([1, 2 * calls]);
    truncateSync(join(first.folder, wheelMembers[0]!.replace("tensorflow/", "")), 3);
    const again = quiet(cache, download);
    await setUp(again);
    expect(times()).toBe(2);
    expect(again.notes.join()).toMatch(/TensorFlow is damaged, so it is fetched again: .*: expected \d+ bytes, got 3/);
    expect(whole(cache)).toBe(true);
  });

  test("where none is published, a TensorFlow of the user's own is asked for", async () => {
    copyingCompiler();
    const work = setUp({ ...quiet(temporaryFolder(), counted().download), releases: [] });
    await expect(work).rejects.toMatchObject({ exitCode: 8, message: expect.stringContaining("is not published for") });
  });

  test("half-compiled addons of a killed set-up are swept away", async () => {
    const cache = temporaryFolder();
    mkdirSync(join(cache, "addon-1.partial-x"), { recursive: true });
    copyingCompiler();
    await setUp(quiet(cache, counted().download));
    expect(readdirSync(cache).filter((name) => name.includes("partial"))).toEqual([]);
  });
});

describe("INCEPTION_TENSORFLOW", () => {
  test("is used in place: no download, an addon of its own", async () => {
    const cache = temporaryFolder();
    copyingCompiler();
    process.env.INCEPTION_TENSORFLOW = realLibrary.folder;
    const { download, times } = counted();
    expect(await setUp(quiet(cache, download))).toMatchObject({ source: "environment", folder: realLibrary.folder });
    expect(times()).toBe(0);
    expect(existsSync(tensorflowFolder(cache))).toBe(false);
  });

  test("pointing elsewhere gets one sentence", async () => {
    const folder = temporaryFolder();
    process.env.INCEPTION_TENSORFLOW = folder;
    const work = setUp(quiet(temporaryFolder(), counted().download));
    await expect(work).rejects.toMatchObject({ exitCode: 2, message: expect.stringContaining(`got ${folder}`) });
  });
});

describe("a compiler", () => {
  const withLibrary = () => {
    process.env.INCEPTION_TENSORFLOW = realLibrary.folder;
    return quiet(temporaryFolder(), counted().download);
  };

  test("that is missing is asked for", async () => {
    const options = withLibrary();
    process.env.CXX = "no-such-compiler";
    await expect(setUp(options)).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining("no-such-compiler"),
    });
    expect(readdirSync(options.cache!)).toEqual(["setup.lock"]);
  });

  test("that is missing is asked for before anything is fetched", async () => {
    const { download, times } = counted();
    process.env.CXX = "no-such-compiler";
    await expect(setUp(quiet(temporaryFolder(), download))).rejects.toMatchObject({ exitCode: 8 });
    expect(times()).toBe(0);
  });

  test("that fails is quoted, and nothing half-made stays", async () => {
    const options = withLibrary();
    const script = join(temporaryFolder(), "compiler");
    writeFileSync(script, "#!/bin/sh\necho 'x.cc:1: error: no luck' >&2\nexit 1\n");
    execFileSync("chmod", ["+x", script]);
    process.env.CXX = script;
    await expect(setUp(options)).rejects.toThrow("x.cc:1: error: no luck");
    expect(readdirSync(options.cache!)).toEqual(["setup.lock"]);
  });
});
