// Checkpoints from strangers: each ends in one sentence that names the file and what is wrong with it, soon, and before anything large is read.
import { execFile, execFileSync } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fileOf, manifestFile } from "../../src/checkpoint/manifest.ts";
import { encode, type Tensor } from "../../src/checkpoint/safetensors.ts";
import { checkpointName, writeCheckpoint } from "../../src/checkpoint/store.ts";
import { readSuitable } from "../../src/checkpoint/suitable.ts";
import { variablesOf } from "../../src/checkpoint/variables.ts";
import { UserError } from "../../src/errors.ts";
import { openModel } from "../../src/evaluate/model.ts";
import { layOut } from "../../src/graph/state.ts";
import { runPaths } from "../../src/run/paths.ts";
import { fromRun } from "../../src/train/start.ts";
import { requireWhole } from "../../src/train/state.ts";
import {
  classes,
  experiment,
  readText,
  rewriteText,
  setBytes,
  setHeader,
  setIn,
  suitable,
  writeManifest,
} from "./suitable.ts";

const folder = mkdtempSync(join(tmpdir(), "inception-hostile-"));
const good = join(folder, "good", checkpointName(7));
const path = join(folder, "run", "checkpoints", checkpointName(7));
beforeAll(() => void writeCheckpoint(join(folder, "good"), suitable));
beforeEach(() => {
  rmSync(join(folder, "run"), { recursive: true, force: true });
  cpSync(good, path, { recursive: true });
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const file = (name: string): string => join(path, name);
const weights = fileOf("weights");
const text = (change: (text: string) => string) => () => rewriteText(path, change);
const raw = (content: string | Uint8Array) => () => writeFileSync(file(manifestFile), content);
const at = (key: string, value: unknown) => () => setIn(path, key, value);
const header = (change: Parameters<typeof setHeader>[1]) => () => setHeader(path, change);
const tensors = (part: "weights" | "average" | "optimizer", change: (tensors: Map<string, Tensor>) => void) => () => {
  const changed = new Map<string, Tensor>(suitable.files[part === "average" ? "weights" : part]);
  change(changed);
  setBytes(path, part, encode(changed));
};
const replaced = (name: string, make: (file: string) => void) => () => {
  rmSync(file(name));
  make(file(name));
};
const pipe = (at: string) => void execFileSync("mkfifo", [at]);
const zeros = (at: string) => symlinkSync("/dev/zero", at);
const names = [...suitable.files.weights.keys()];
const kernel = names.find((name) => name.endsWith("/kernel"))!;
const slot = `momentum/${kernel}`;
const filled = (of: Tensor, value: number): Tensor => ({
  ...of,
  data: Float32Array.from(of.data as Float32Array, (old, i) => (i === 5 ? value : old)),
});
const deep = (depth: number): string => `${"[".repeat(depth)}1${"]".repeat(depth)}`;
const offsets = (change: (begin: number, end: number) => readonly unknown[]) =>
  header((all) => {
    const [begin, end] = all[kernel]!.data_offsets as [number, number];
    return { ...all, [kernel]: { ...all[kernel]!, data_offsets: change(begin, end) } };
  });
const entry = (change: object) => header((all) => ({ ...all, [kernel]: { ...all[kernel]!, ...change } }));

type Case = readonly [what: string, spoil: () => void, said: RegExp];

const manifests: readonly Case[] = [
  ["is empty", raw(""), /manifest\.json is damaged: Unexpected end/],
  ["is no JSON", raw("weights"), /manifest\.json is damaged: Unexpected token/],
  ["is no JSON, with a terminal's codes in it", raw('{"a": \u001b[2J\n}'), /manifest\.json is damaged: .*\\u\{1b\}/],
  ["is null", raw("null\n"), /damaged: Invalid input: expected object, received null/],
  ["is a list", raw("[]\n"), /damaged: Invalid input: expected object, received array/],
  ["is a number", raw("7\n"), /damaged: Invalid input: expected object, received number/],
  ["is 100,000 deep", raw(deep(100_000)), /damaged: it is more than 64 levels deep/],
  ["is deep in the experiment", text((was) => was.replace('"seed": 42', `"seed": ${deep(2000)}`)), /64 levels deep/],
  ["has a key twice", text((was) => was.replace('"step": 7', '"step": 7,\n  "step": 8')), /key "step" stands twice/],
  ["has a state twice", text((was) => was.replace('"epoch"', '"epoch": 1, "epoch"')), /key "epoch" stands twice/],
  [
    "has a key twice, escaped",
    text((was) => was.replace('"epoch"', '"epoc\\u0068": 1, "epoch"')),
    /"epoch" stands twice/,
  ],
  ["has __proto__", text((was) => was.replace('"step"', '"__proto__": {}, "step"')), /key "__proto__" is not allowed/],
  ["has __proto__ below", text((was) => was.replace('"seed"', '"__proto__": {}, "seed"')), /key "__proto__" is not/],
  ["has another key", at("constructor", {}), /damaged: Unrecognized key: "constructor"/],
  ["has infinity", text((was) => was.replace('"seed": 42', '"seed": 1e999')), /state\.experiment\.seed|Invalid input/],
  ["is of a later version", at("version", 2), /has format version 2, expected 1$/],
  ["has a text for a version", at("version", "1"), /damaged: version: /],
  ["is of another format", at("format", "keras"), /damaged: format: /],
  ["has a negative step", at("step", -1), /damaged: step: /],
  ["has half a step", at("step", 6.5), /damaged: step: /],
  ["has a step beyond counting", at("step", 1e300), /damaged: step: /],
  ["has a text for a step", at("step", "7"), /damaged: step: /],
  ["has another step than its folder", at("step", 8), /is that of step 8, expected 7$/],
  ["has a list of files", at("files", []), /damaged: files: /],
  ["has no files", at("files", null), /damaged: files: /],
  ["has no weights", at("files", {}), /lists no weights$/],
  ["climbs", at("files", { "../../secret.safetensors": {} }), /json: files: Unrecognized key|damaged: files/],
  [
    "goes elsewhere",
    at("files", { "/etc/passwd": { bytes: 1, sha256: "0".repeat(64) } }),
    /files: (Unrecognized|Invalid)/,
  ],
  ["has a file of its own", at("files", { "extra.safetensors": {} }), /files: (Unrecognized|Invalid)/],
  ["has a negative length", at(`files`, { [weights]: { bytes: -1, sha256: "0".repeat(64) } }), /files\..*bytes/],
  ["has a length beyond memory", at("files", { [weights]: { bytes: 2 ** 40, sha256: "0".repeat(64) } }), /bytes/],
  ["has a length beyond its network's", at("files", { [weights]: { bytes: 1e9, sha256: "0".repeat(64) } }), /at most/],
  ["has a text for a length", at("files", { [weights]: { bytes: "9", sha256: "0".repeat(64) } }), /files\..*bytes/],
  ["has no hash", at("files", { [weights]: { bytes: 9, sha256: "" } }), /files\..*sha256/],
  [
    "has no seal",
    () => writeFileSync(file(manifestFile), readText(path).replace(/"[0-9a-f]{64}"\n}/, '""\n}')),
    /checksum/,
  ],
  ["begins with a byte order mark", text((was) => `\ufeff${was}`), /damaged: Unexpected token/],
  ["is larger than any", () => truncateSync(file(manifestFile), 2 ** 33), /has 8589934592 bytes, expected at most/],
  ["is no UTF-8", raw(Uint8Array.of(0xff, 0xfe, 0x00)), /manifest\.json is damaged/],
  ["is zeros", raw(new Uint8Array(4096)), /manifest\.json is damaged/],
  ["has eight million escapes", raw(`{"a": "${'\\"'.repeat(8e6 - 10)}", "b": ${deep(65)}}`), /64 levels deep/],
];

const states: readonly Case[] = [
  ["no state", at("state", undefined), /damaged: state: /],
  ["a null for a state", at("state", null), /damaged: state: /],
  ["another key", at("state.evil", 1), /json: state: Unrecognized key: "evil"/],
  ["no network", at("state.network", undefined), /state\.network/],
  ["a text for a network", at("state.network", "inception-v3"), /state\.network/],
  ["a network that is none", at("state.network.name", "vgg"), /state\.network\.name/],
  ["a network called __proto__", at("state.network.name", "__proto__"), /state\.network\.name/],
  ["another key of its network", at("state.network.exec", "rm"), /state\.network: Unrecognized key: "exec"/],
  ["a width beyond memory", at("state.network.width", 1e9), /state\.network\.width/],
  ["a negative width", at("state.network.width", -1), /state\.network\.width/],
  ["a text for a width", at("state.network.width", "1"), /state\.network\.width/],
  ["a list for a stem", at("state.network.stem", ["conv7x7"]), /state\.network\.stem/],
  ["more dropped than there is", at("state.network.dropout", 2), /state\.network\.dropout/],
  [
    "a million blocks",
    at("state.network", { name: "inception-v3", classes: 2, nBlocks17: 1e6 }),
    /state\.network\.nBlocks17/,
  ],
  ["more classes than memory", at("state.network.classes", 1e15), /state\.network\.classes/],
  ["one class", at("state.network.classes", 1), /state\.network\.classes/],
  ["more classes than names", at("state.network.classes", 3), /state\.classes: expected 3 names.*got 2$/],
  ["no number of classes", at("state.network.classes", undefined), /state\.classes: /],
  ["another network than its tensors'", at("state.network.width", 2), /does not suit its network: tensor ".*" is \[/],
  ["no names of classes", at("state.classes", undefined), /state\.classes/],
  ["a text for names", at("state.classes", "cat,dog"), /state\.classes/],
  ["numbers for names", at("state.classes", [0, 1]), /state\.classes\.0/],
  ["a class without a name", at("state.classes", ["cat", ""]), /state\.classes\.1/],
  ["two classes of one name", at("state.classes", ["cat", "cat"]), /state\.classes: two of them have one name/],
  ["no preprocessing", at("state.preprocessing", undefined), /state\.preprocessing/],
  ["a size beyond memory", at("state.preprocessing.size", 1e6), /state\.preprocessing\.size/],
  [
    "a size below its network's",
    at("state.network", { name: "inception-v3", classes: 2 }),
    /preprocessing\.size: expected at least 75/,
  ],
  ["no size", at("state.preprocessing.size", 0), /state\.preprocessing\.size/],
  ["a text for a size", at("state.preprocessing.size", "32"), /state\.preprocessing\.size/],
  ["a scale of nothing", at("state.preprocessing.scale", 0), /state\.preprocessing\.scale/],
  ["a mean of two", at("state.preprocessing.mean", [1, 1]), /state\.preprocessing\.mean/],
  ["a division by nothing", at("state.preprocessing.deviation", [1, 0, 1]), /state\.preprocessing\.deviation\.1/],
  ["channels that are none", at("state.preprocessing.order", "CMYK"), /state\.preprocessing\.order/],
  ["a preset that is none", at("state.preprocessing.preset", "resnet"), /state\.preprocessing\.preset/],
  ["another key of its pictures", at("state.preprocessing.gamma", 2), /Unrecognized key: "gamma"/],
  ["a text for the best", at("state.best", "step 7"), /state\.best/],
  ["a best before the beginning", at("state.best.step", -7), /state\.best\.step/],
  ["a best better than all", at("state.best.top1", 7), /state\.best\.top1/],
  ["an epoch before the first", at("state.epoch", -1), /state\.epoch/],
  ["a text for what was validated", at("state.validated", "all"), /state\.validated/],
  ["arithmetic of objects", at("state.arithmetic", { threads: { count: 2 } }), /state\.arithmetic\.threads/],
  ["a list for a source", at("state.source", ["torchvision"]), /state\.source/],
  ["a start from nothing", at("state.startedFrom", { path: 7 }), /state\.startedFrom/],
  ["a text for an experiment", at("state.experiment", "paper"), /state\.experiment/],
  ["an experiment of its own", at("state.experiment.evil", 1), /experiment that is none: Unrecognized key: "evil"/],
  ["an experiment of other types", at("state.experiment.train", 7), /experiment that is none: train: /],
  [
    "a batch beyond memory",
    at("state.experiment.evaluate.batch", 1e9),
    /evaluate\.batch: expected at most \d+ pictures/,
  ],
];

const files: readonly Case[] = [
  ["too short for a length", () => setBytes(path, "weights", Uint8Array.of(1, 2)), /expected at least 8 bytes, got 2$/],
  ["a header longer than any file", () => setBytes(path, "weights", new Uint8Array(64).fill(255)), /header claims/],
  [
    "a header longer than the file",
    () => setBytes(path, "weights", Uint8Array.of(99, 0, 0, 0, 0, 0, 0, 0, 1)),
    /claims 99/,
  ],
  ["a header that is none", header(() => "weights"), /header does not start with \{/],
  ["a header that is no JSON", header(() => "{weights"), /header is not sound JSON/],
  ["a header 1,000 deep", header(() => `{"a": ${deep(1000)}}`), /64 levels deep/],
  ["a tensor twice", header((all) => JSON.stringify(all).replace("{", `{"${kernel}": {}, `)), /stands twice/],
  ["a tensor __proto__", header((all) => JSON.stringify(all).replace("{", '{"__proto__": {}, ')), /"__proto__" is not/],
  ["a tensor constructor", header((all) => ({ ...all, constructor: all[kernel] })), /"constructor" is not allowed/],
  ["a tensor that is a list", header((all) => ({ ...all, [kernel]: [] as never })), /tensor ".*": Invalid input/],
  ["tensors that overlap", offsets((begin, end) => [begin - 4, end - 4]), /no gap, no overlap/],
  ["a gap between tensors", offsets((begin, end) => [begin + 4, end + 4]), /no gap, no overlap/],
  ["offsets beyond the file", offsets((begin) => [begin, begin + 1e12]), /takes \d+ bytes, got 1000000000000/],
  ["offsets before the file", offsets((_, end) => [-8, end]), /data_offsets\.0/],
  ["offsets turned round", offsets((begin, end) => [end, begin]), /no gap, no overlap|takes \d+ bytes/],
  ["offsets of three", offsets((begin, end) => [begin, end, end]), /data_offsets/],
  ["offsets of text", offsets((begin, end) => [`${begin}`, end]), /data_offsets/],
  ["a shape that is no number's", entry({ shape: ["16"] }), /shape\.0/],
  ["a negative shape", entry({ shape: [-1, -16] }), /shape\.0/],
  ["a shape of half a place", entry({ shape: [0.5, 2] }), /shape\.0/],
  ["a shape beyond counting", entry({ shape: [2 ** 52, 2 ** 52] }), /takes .* bytes/],
  ["a shape of a hundred sides", entry({ shape: Array.from({ length: 100 }, () => 1) }), /shape/],
  ["a shape that its bytes are not", entry({ shape: [1] }), /takes 4 bytes/],
  ["a type that is none", entry({ dtype: "pickle" }), /dtype/],
  ["a key beside", entry({ code: "import os" }), /Unrecognized key: "code"/],
  ["metadata that is no text", header((all) => ({ ...all, __metadata__: { a: 1 } })), /its metadata: a: /],
  [
    "bytes beside",
    () => setBytes(path, "weights", Buffer.concat([readFileSync(file(weights)), Buffer.alloc(4)])),
    /its tensors take/,
  ],
  [
    "whole numbers",
    tensors("weights", (all) => all.set(kernel, asWhole(all.get(kernel)!))),
    /holds no float32 numbers$/,
  ],
  ["a tensor too few", tensors("weights", (all) => all.delete(kernel)), /tensor ".*\/kernel" is missing$/],
  [
    "a tensor too many",
    tensors("weights", (all) => all.set("x\u001b[2J", all.get(kernel)!)),
    /"x\\u\{1b\}\[2J" is none of/,
  ],
  [
    "a tensor turned round",
    tensors("weights", (all) => all.set(kernel, turned(all.get(kernel)!))),
    /is \[.*\], expected \[/,
  ],
  [
    "NaN",
    tensors("weights", (all) => all.set(kernel, filled(all.get(kernel)!, Number.NaN))),
    /holds NaN, expected finite/,
  ],
  ["infinity", tensors("weights", (all) => all.set(kernel, filled(all.get(kernel)!, Infinity))), /holds Infinity/],
  [
    "an average with NaN",
    tensors("average", (all) => all.set(kernel, filled(all.get(kernel)!, Number.NaN))),
    /average.*NaN/,
  ],
  ["an average of less", tensors("average", (all) => all.delete(kernel)), /average\.safetensors .*is missing$/],
  [
    "a momentum with NaN",
    tensors("optimizer", (all) => all.set(slot, filled(all.get(slot)!, Number.NaN))),
    /optimizer.*NaN/,
  ],
  [
    "a momentum of nothing",
    tensors("optimizer", (all) => all.set("momentum/x", all.get(slot)!)),
    /"momentum\/x" is none/,
  ],
  ["a momentum of another shape", tensors("optimizer", (all) => all.set(slot, turned(all.get(slot)!))), /expected \[/],
];

function asWhole({ shape, data }: Tensor): Tensor {
  return { shape, data: new Int32Array(data.length) };
}
function turned({ shape, data }: Tensor): Tensor {
  return { shape: [data.length / shape.at(-1)!, shape.at(-1)!], data };
}

const places: readonly Case[] = [
  ["a pipe for a manifest", replaced(manifestFile, pipe), /manifest\.json is no plain file$/],
  ["a pipe for weights", replaced(weights, pipe), /weights\.safetensors is no plain file$/],
  ["a device for a manifest", replaced(manifestFile, zeros), /manifest\.json is no plain file$/],
  ["a device for weights", replaced(weights, zeros), /weights\.safetensors is no plain file$/],
  ["a folder for weights", replaced(weights, (at) => void mkdirSync(at)), /weights\.safetensors is a folder/],
  ["no weights", replaced(weights, () => {}), /weights\.safetensors is missing$/],
  ["a link to nowhere", replaced(weights, (at) => symlinkSync("nowhere", at)), /weights\.safetensors is missing$/],
  [
    "a link to another file",
    replaced(weights, (at) => symlinkSync("/etc/passwd", at)),
    /is damaged: expected \d+ bytes/,
  ],
  ["weights cut off", () => truncateSync(file(weights), 100), /is damaged: expected \d+ bytes, got 100$/],
  [
    "weights of a terabyte",
    () => truncateSync(file(weights), 2 ** 40),
    /is damaged: expected \d+ bytes, got 1099511627776$/,
  ],
  [
    "another's weights",
    () => writeFileSync(file(weights), readFileSync(file(weights)).reverse()),
    /SHA-256 is not the one/,
  ],
];

const open = () => openModel(path, { which: "last", raw: false });

/** What is thrown, and that it came within a second of this process's work. */
function thrownBy(action: () => unknown): UserError {
  const start = process.cpuUsage();
  try {
    action();
  } catch (error) {
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1e6).toBeLessThan(1.5);
    if (error instanceof UserError) return error;
    throw error;
  }
  throw new Error("expected an error, got none");
}

test("the one they are made of is opened, for use and to go on from", () => {
  const { step, kind, batch } = open();
  expect([step, kind, batch]).toEqual([7, "raw", 32]);
  const run = runPaths(join(folder, "run"));
  const refuse = (message: string) => expect.fail(message);
  expect(fromRun({ experiment, classes, folder: run, warn: refuse }).from).toBe("checkpoint");
  writeManifest(path, JSON.parse(readText(path)));
  rewriteText(path, (was) => was);
  setHeader(path, (header) => header);
  expect(open().step).toBe(7);
});

const all = [
  ...manifests.map(([what, ...rest]) => [`a manifest that ${what}`, ...rest] as const),
  ...states.map(([what, ...rest]) => [`a state with ${what}`, ...rest] as const),
  ...files.map(([what, ...rest]) => [`a file with ${what}`, ...rest] as const),
  ...places.map(([what, ...rest]) => [`a folder with ${what}`, ...rest] as const),
];
test("there are more than a hundred", () => expect(all.length).toBeGreaterThan(100));

test.each(all)("%s", (_, spoil, said) => {
  spoil();
  const error = thrownBy(open);
  expect([error.reason, error.exitCode]).toEqual(["checkpoint", 6]);
  expect(error.message).toMatch(said);
  expect(error.message.startsWith(path)).toBe(true);
  expect(error.message).not.toMatch(/[\p{Cc}\u2028\u2029]/u);
  expect(error.message.length).toBeLessThan(500);
  expect(Reflect.get({}, "evil")).toBeUndefined();
});

describe("in a run", () => {
  const checkpoints = join(folder, "run", "checkpoints");
  const older = () => writeCheckpoint(checkpoints, { ...suitable, step: 6 });

  test("one with a number that is none is passed over with a warning, for use and to go on from", () => {
    older();
    tensors("weights", (all) => all.set(kernel, filled(all.get(kernel)!, Number.NaN)))();
    const warned: string[] = [];
    const onBroken = ({ message }: UserError) => void warned.push(message);
    expect(openModel(join(folder, "run"), { which: "last", raw: false, onBroken }).step).toBe(6);
    const start = fromRun({
      experiment,
      classes,
      folder: runPaths(join(folder, "run")),
      warn: (text) => warned.push(text),
    });
    expect(start.checkpoint.step).toBe(6);
    expect(warned).toEqual([expect.stringContaining("holds NaN"), expect.stringContaining("holds NaN")]);
  });

  test("nothing is gone on from that lacks a part of what training changes", () => {
    const { network, preprocessing } = suitable.state;
    const layout = layOut(variablesOf({ network, preprocessing }));
    const program = (...names: string[]) => ({ layout, vectors: new Map(names.map((name) => [name, 0])) });
    const usual = program("kernels", "statistics", "momentum/kernels", "momentum/scalars", "gradient/kernels");
    tensors("optimizer", (all) => all.delete(slot))();
    const { files } = readSuitable(path);
    expect(() => requireWhole(usual, suitable.files)).not.toThrow();
    const wrong = { reason: "checkpoint", message: expect.stringContaining(`lacks ${slot} in its optimizer`) };
    expect(() => requireWhole(usual, files)).toThrow(expect.objectContaining(wrong));
    const averaged = { reason: "checkpoint", message: expect.stringContaining("in its average") };
    expect(() => requireWhole(program("average/kernels"), files)).toThrow(expect.objectContaining(averaged));
  });
});

describe("as a process", () => {
  const run = promisify(execFile);
  const ended = (...words: string[]) =>
    run(process.execPath, ["bin/inception.js", ...words]).then(
      () => ({ code: 0, stderr: "" }),
      ({ code, stderr }: { code: number; stderr: string }) => ({ code, stderr }),
    );
  const photos = join(folder, "photos");
  beforeAll(() => void mkdirSync(join(photos, "cat"), { recursive: true }));
  const chosen = ["a manifest that is 100,000 deep", "a folder with a pipe for weights", "a file with NaN"];
  const commands = [
    ["eval"],
    ["predict", "x.jpg", "--model"],
    ["export", "--format", "timm"],
    ["train", photos, "--from"],
  ];

  test.each(chosen)("%s is refused with 6, in a sentence without a stack", async (what) => {
    all.find(([name]) => name === what)![1]();
    // Where weights are only named, their manifest is all that is read.
    const reading = what.includes("manifest") ? commands : commands.slice(0, 2);
    for (const { code, stderr } of await Promise.all(reading.map((words) => ended(...words, path)))) {
      expect([code, stderr.match(/^error: /gm)]).toEqual([6, ["error: "]]);
      expect(stderr).toContain(path);
      expect(stderr).not.toMatch(/\n\s+at /);
    }
  });
});

test("a socket is no checkpoint's file", async () => {
  rmSync(file(weights));
  const server = createServer().listen(file(weights));
  await new Promise((resolve) => server.once("listening", resolve));
  expect(thrownBy(open).message).toMatch(/weights\.safetensors is no plain file$/);
  server.close();
});
