// Published weights: fetched from a local server or taken from a file, checked, imported into the cache.
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { findOrigin, readOrigin } from "../../src/checkpoint/origin.ts";
import { encode } from "../../src/checkpoint/safetensors.ts";
import { UserError } from "../../src/errors.ts";
import { imageNetClasses } from "../../src/published/imagenet-classes.ts";
import { type Published, publishedNamed } from "../../src/published/weights.ts";
import { type GetRequest, type Got, getWeights, placeOf } from "../../src/weights/get.ts";
import { breaksOff, good, says, serve } from "../download/server.ts";
import { fileOf, networkNamed } from "./foreign-file.ts";

const bytes = Buffer.from(encode(new Map(fileOf(networkNamed("torchvision", "googlenet"), 1000, false).tensors)));
const sha256 = createHash("sha256").update(bytes).digest("hex");

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-get-"));
  vi.stubEnv("XDG_CACHE_HOME", folder);
});
beforeEach(() => rmSync(join(folder, "inception"), { recursive: true, force: true }));
afterAll(() => {
  vi.unstubAllEnvs();
  rmSync(folder, { recursive: true });
});

const entry = (url: string, more: Partial<Published> = {}): Published => ({
  ...publishedNamed("googlenet")!,
  url,
  file: "weights.bin",
  size: { bytes: bytes.length },
  hash: { algorithm: "sha256", hex: sha256.slice(0, 8) },
  ...more,
});

const quiet = { note: () => {}, onBytes: () => {}, patience: { tries: 2, wait: 1, timeout: 2000 } };
const get = (one: Published, more: Partial<GetRequest> = {}): Promise<Got> => getWeights(one, { ...quiet, ...more });

async function refusalOf(getting: Promise<unknown>): Promise<UserError> {
  const error = await getting.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UserError);
  return error as UserError;
}

const downloads = (): string[] => readdirSync(join(folder, "inception/downloads")).sort();

test("fetched, although the server breaks off, checked and imported; the file is gone; a second time nothing is done", async () => {
  const { url, ranges } = await serve(breaksOff({ bytes }, 20e6), good({ bytes }));
  const told: number[] = [];
  const got = await get(entry(url), { onBytes: (done) => told.push(done) });
  expect(got).toMatchObject({ downloadedBytes: bytes.length, imported: { sha256 } });
  expect([told.at(-1), ranges.length]).toEqual([bytes.length, 2]);
  expect(downloads()).toEqual(["weights.bin.lock"]);

  // By its own name and by the one of the network.
  for (const name of ["googlenet-torchvision", "googlenet"]) expect(findOrigin(name, [])).toBe(got.checkpoint);
  const { state } = readOrigin(got.checkpoint);
  expect(state.classes).toEqual(imageNetClasses);
  expect(state.source).toMatchObject({ program: "torchvision", sha256 });
  expect(await get(entry(url))).toEqual({ folder: got.folder, checkpoint: got.checkpoint, downloadedBytes: 0 });
});

test("two at once: one fetches, the other waits and finds it", { timeout: 20_000 }, async () => {
  const { url, ranges } = await serve(good({ bytes }));
  const notes: string[] = [];
  const both = await Promise.all([1, 2].map(() => get(entry(url), { note: (line) => notes.push(line) })));
  expect(ranges).toEqual([""]);
  expect(both.map(({ imported }) => imported !== undefined)).toEqual([true, false]);
  expect(notes).toEqual([expect.stringMatching(/^Waiting for another download of weights\.bin \(process \d+/)]);
});

test("a file that was fetched by hand is taken where it is said to be put, and stays there", async () => {
  const one = entry("http://127.0.0.1:9/");
  mkdirSync(dirname(placeOf(one)), { recursive: true });
  writeFileSync(placeOf(one), bytes);
  expect(await get(one)).toMatchObject({ downloadedBytes: 0, imported: { sha256 } });
  expect(existsSync(placeOf(one))).toBe(true);
});

test("or from anywhere", async () => {
  const file = join(folder, "by-hand.pth");
  writeFileSync(file, bytes);
  expect(await get(entry("http://127.0.0.1:9/"), { file })).toMatchObject({ downloadedBytes: 0, imported: { sha256 } });
  copyFileSync(import.meta.filename, file);
  expect((await refusalOf(get(entry("x", { name: "other" }), { file }))).message).toMatch(/it has \d+ bytes, expected/);
  expect(existsSync(file)).toBe(true);
  expect((await refusalOf(get(entry("x", { name: "other" }), { file: "nowhere.pth" }))).exitCode).toBe(7);
});

const small = Buffer.from("no weights at all");

test.each([
  ["sha256", "0".repeat(64)],
  ["sha256", "01234567"],
  ["sha1", "0".repeat(40)],
  ["md5", "0".repeat(32)],
] as const)("a wrong hash (%s %s) is refused, and the file removed", async (algorithm, hex) => {
  const { url } = await serve(good({ bytes: small }));
  const one = entry(url, { size: "unknown", hash: { algorithm, hex } });
  const { exitCode, message, hint } = await refusalOf(get(one));
  const expected = hex.length === 8 ? `${hex}...` : hex;
  expect(exitCode).toBe(7);
  expect(message).toContain(
    `its ${algorithm} is ${createHash(algorithm).update(small).digest("hex")}, expected ${expected}`,
  );
  expect(hint).toContain("it has been removed");
  expect([downloads(), existsSync(join(folder, "inception/weights"))]).toEqual([["weights.bin.lock"], false]);
});

test("an algorithm's right hash passes", async () => {
  for (const algorithm of ["sha1", "md5"] as const) {
    const { url } = await serve(good({ bytes: small }));
    const hash = { algorithm, hex: createHash(algorithm).update(small).digest("hex") };
    const { message } = await refusalOf(get(entry(url, { size: "unknown", hash })));
    expect(message).toContain("its content is none of the formats of weights that are known here");
  }
});

test("another length than the published one is refused before it is fetched", async () => {
  const { url, ranges } = await serve(good({ bytes: small }));
  const { exitCode, message } = await refusalOf(get(entry(url)));
  expect([exitCode, ranges.length]).toEqual([74, 1]);
  expect(message).toContain(`the server announces ${small.length} bytes, expected ${bytes.length}`);
});

test("without a published hash a page in place of the file is refused as what it is, and removed", async () => {
  const page = Buffer.from("<html>Please sign in</html>");
  const { url } = await serve(says(200, { "content-type": "text/html" }, page));
  const { exitCode } = await refusalOf(get(entry(url, { size: "unknown", hash: "unknown" })));
  expect([exitCode, downloads()]).toEqual([7, ["weights.bin.lock"]]);
});

test("what cannot be reached can be fetched by hand: the address, the folder and the name are said", async () => {
  const { exitCode, hint } = await refusalOf(get(entry("http://127.0.0.1:9/model.bin")));
  expect(exitCode).toBe(74);
  expect(hint).toBe(
    `fetch http://127.0.0.1:9/model.bin by hand and put it into ${join(folder, "inception/downloads")} as weights.bin ` +
      "(or keep it where it is and add --file FILE), then: inception weights get googlenet-torchvision",
  );
});

test("from a mirror, by the file's name here", async () => {
  const { url, paths } = await serve(good({ bytes: small }));
  vi.stubEnv("INCEPTION_WEIGHTS_MIRROR", `${new URL(url).origin}/weights/`);
  try {
    await refusalOf(get(entry("https://weights.example/model.bin", { size: "unknown", hash: "unknown" })));
    expect(paths).toEqual(["/weights/weights.bin"]);
  } finally {
    vi.stubEnv("INCEPTION_WEIGHTS_MIRROR", "");
  }
});

test("Keras' network without its top starts a classifier anew, which knows no class", { timeout: 20_000 }, async () => {
  const { tensors } = fileOf(networkNamed("keras", "InceptionV3"), 1000);
  const headless = new Map([...tensors].filter(([name]) => !name.startsWith("predictions/")));
  const file = join(folder, "notop");
  writeFileSync(file, encode(headless));
  const one = { ...publishedNamed("inception-v3-keras-notop")!, size: "unknown", hash: "unknown" } as const;
  const { checkpoint } = await get(one, { file });
  const { state } = readOrigin(checkpoint);
  expect([state.classes.length, state.classes[0]]).toEqual([1000, "class 0"]);
});
