// inception weights as a command: the table, one entry, and getting it from a server, from a file, or not at all.
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { encode } from "../../../src/checkpoint/safetensors.ts";
import { published } from "../../../src/published/weights.ts";
import { breaksOff, good, serve } from "../../download/server.ts";
import { fileOf, networkNamed } from "../../weights/foreign-file.ts";
import { readPrinted } from "../printed.ts";

const bin = join(import.meta.dirname, "../../../bin/inception.js");
let folder: string;
beforeAll(() => {
  if (!existsSync("dist/cli/main.js")) throw new Error("run `npm run build` first: dist/ is missing");
  folder = mkdtempSync(join(tmpdir(), "inception-weights-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

type Outcome = { readonly status: number | null; readonly stdout: string; readonly stderr: string };

/** Beside this process, which may be the server. */
const inception = (line: string, mirror = "http://127.0.0.1:9"): Promise<Outcome> =>
  new Promise((resolve) => {
    const env = { ...process.env, XDG_CACHE_HOME: folder, INCEPTION_WEIGHTS_MIRROR: mirror };
    const child = spawn(process.execPath, [bin, ...line.split(" ")], { cwd: folder, env });
    const said = { stdout: "", stderr: "" };
    child.stdout.on("data", (text) => (said.stdout += text));
    child.stderr.on("data", (text) => (said.stderr += text));
    child.on("close", (status) => resolve({ status, ...said }));
  });

describe("inception weights", () => {
  test("lists what is published, in 80 columns", async () => {
    const { status, stdout, stderr } = await inception("weights");
    expect([status, stderr]).toEqual([0, ""]);
    for (const { name } of published) expect(stdout).toMatch(new RegExp(`^${name} +(224|299) `, "m"));
    expect(stdout).toMatch(/^googlenet-caffe +224 +54 +68\.7 +88\.9 +unrestricted +sha1$/m);
    expect(Math.max(...stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(80);
  });

  test("shows one in full, and all as a document", async () => {
    const { stdout } = await inception("weights show googlenet");
    expect(stdout).toMatch(/^name +googlenet-torchvision$/m);
    expect(stdout).toMatch(/^hash +sha256 1378be20\.\.\.$/m);
    expect(stdout).toMatch(/^accuracy +69\.778% top-1, 89\.53% top-5 \(torchvision/m);
    const document = readPrinted("inception.weights/1", (await inception("weights --json")).stdout);
    expect(document.published.map(({ name }) => name)).toEqual(published.map(({ name }) => name));
  });

  test.each(["show", "get"])("%s: a name that means none is held against all that there are", async (command) => {
    const { status, stderr } = await inception(`weights ${command} gogglenet`);
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^error: no weights of the name gogglenet are known; did you mean googlenet\?\nhint: known: /,
    );
  });

  test("without a network: exit 74, and what to fetch by hand", async () => {
    const { status, stdout, stderr } = await inception("weights get googlenet");
    expect([status, stdout]).toEqual([74, ""]);
    expect(stderr).toContain("hint: fetch https://download.pytorch.org/models/googlenet-1378be20.pth by hand");
    expect(stderr).toContain("inception weights get googlenet-torchvision");
  });

  test("train --from says how weights that are published are got", async () => {
    const { status, stderr } = await inception("config show quickstart --set train.from=googlenet");
    expect(status).toBe(2);
    expect(stderr).toContain("googlenet has not been imported yet: inception weights get googlenet-torchvision");
  });

  test("gets them, although the server breaks off, and says what to do next", { timeout: 60_000 }, async () => {
    const bytes = Buffer.from(encode(new Map(fileOf(networkNamed("slim", "inception_v1"), 1001).tensors)));
    const { url, paths, ranges } = await serve(breaksOff({ bytes }, 5e6), good({ bytes }));
    const { status, stdout, stderr } = await inception("weights get googlenet-slim", new URL(url).origin);
    expect(status, stderr).toBe(0);
    expect(paths).toEqual(Array(2).fill("/inception_v1_2016_08_28.tar.gz"));
    expect(ranges[1]).toMatch(/^bytes=\d+-$/);
    expect(stderr).toMatch(/^ {2}\d+ MB \(100%\)$/m);
    expect(stdout).toMatch(/^sha256 +[0-9a-f]{64}$/m);
    expect(stdout).toMatch(/^checked +no: /m);
    expect(stdout).toContain("next: inception train photos --from googlenet-slim");
    expect((await inception("weights")).stdout).toMatch(/^googlenet-slim .* yes$/m);
    const again = readPrinted("inception.weights-get/1", (await inception("weights get googlenet-slim --json")).stdout);
    expect(again).toMatchObject({ imported: false, downloadedBytes: 0, sha256: null });
  });
});
