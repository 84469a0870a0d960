// Files of weights of other programs, each changed at random: it is refused in one sentence, exit code 7, or gives every tensor of the
// sound file by name and shape, and its numbers where the format has checks. Half an hour on two cores; after `npm run build`:
//   node test/slow/mutate-weights.mjs [--times 2000] [--formats pytorch,keras,...] [--seed 1]
// Prints one line for each format, with how many gave other numbers and other names or shapes; ends with 1 if a file broke the rule.
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { gunzipSync, gzipSync } from "node:zlib";
import { pack } from "tar-stream";
import { encode } from "../../dist/checkpoint/safetensors.js";
import { readForeign } from "../../dist/weights/readers/open.js";

const { values: options } = parseArgs({
  options: {
    times: { type: "string", default: "2000" },
    formats: { type: "string" },
    seed: { type: "string", default: "1" },
  },
});
const fixtures = join(import.meta.dirname, "../fixtures/weights");
const folder = mkdtempSync(join(tmpdir(), "inception-mutations-"));
/** Milliseconds of a processor, which other programs do not change. */
const longest = 10_000;
const mostMemory = 2 ** 30;

/** `path` is read, `changed` is mutated; `checked`: the format has a check of every number. */
const file = (name, bytes, checked) => ({ files: { [name]: bytes }, path: name, changed: [name], checked });
const fixture = (name) => readFileSync(join(fixtures, name));
const unpacked = (name) => gunzipSync(fixture(`${name}.gz`));
const archived = await tarball("model.ckpt", fixture("tensorflow-v1/model.ckpt-70000"));
const copied = (name, changed) => ({ copy: name, files: {}, path: name, changed, checked: true });

const formats = {
  pytorch: () => file("a.pth", fixture("torch-zip.pth"), true),
  "pytorch-legacy": () => file("a.pth", fixture("torch-legacy.pth"), false),
  safetensors: () => file("a.safetensors", Buffer.from(encode(twoTensors())), false),
  caffe: () => file("a.caffemodel", caffemodel(), false),
  tfjs: () => ({
    files: { "model.json": Buffer.from(JSON.stringify(manifest())), "w.bin": Buffer.alloc(46, 7) },
    path: "model.json",
    changed: ["model.json", "w.bin"],
    checked: false,
  }),
  "tensorflow-v1": () => copied("tensorflow-v1", ["model.ckpt-70000"]),
  "tensorflow-v2": () =>
    copied("tensorflow-v2", ["model.ckpt-70000.index", "model.ckpt-70000.data-00000-of-00001", "checkpoint"]),
  "tensorflow-tar": () => file("a.tar.gz", archived, true),
  "keras-h5": () => file("a.h5", unpacked("keras2.h5"), false),
  "keras-weights-h5": () => file("a.weights.h5", unpacked("keras3.weights.h5"), false),
  keras: () => file("a.keras", unpacked("keras3.keras"), true),
};

const chosen = options.formats?.split(",") ?? Object.keys(formats);
let broken = 0;
for (const name of chosen) broken += await mutate(name, formats[name](), Number(options.times));
rmSync(folder, { recursive: true });
process.exitCode = broken === 0 ? 0 : 1;

async function mutate(name, { copy, files, path, changed, checked }, times) {
  const place = join(folder, name);
  mkdirSync(place);
  if (copy) cpSync(join(fixtures, copy), join(place, copy), { recursive: true });
  for (const [file, bytes] of Object.entries(files)) writeFileSync(join(place, file), bytes);
  const base = copy ? join(place, copy) : place;
  const target = join(place, path);
  const sound = await readForeign(target);
  const originals = changed.map((file) => readFileSync(join(base, file)));
  const random = generator(Number(options.seed));
  const counts = { refused: 0, whole: 0, numbers: 0, shapes: 0 };
  const faults = [];
  let slowest = 0;
  for (let i = 0; i < times; i++) {
    const at = random(changed.length);
    writeFileSync(join(base, changed[at]), mutation(originals[at], random));
    const before = process.cpuUsage();
    const outcome = await outcomeOf(target, place, sound);
    const { user, system } = process.cpuUsage(before);
    slowest = Math.max(slowest, (user + system) / 1000);
    writeFileSync(join(base, changed[at]), originals[at]);
    counts[outcome] === undefined ? faults.push(`file ${i}: ${outcome}`) : counts[outcome]++;
  }
  if (checked && counts.numbers > 0) faults.push("numbers changed without notice");
  if (slowest > longest) faults.push(`a file took ${Math.round(slowest)} ms`);
  if (process.memoryUsage().rss > mostMemory) faults.push("more than 1 GiB of memory");
  const bytes = originals.reduce((sum, { length }) => sum + length, 0);
  const said = Object.entries(counts).map(([what, count]) => `${what}=${count}`);
  console.log(
    `R28 ${name} files=${times} bytes=${bytes} ${said.join(" ")} slowest=${Math.round(slowest)}ms broken=${faults.length}`,
  );
  for (const fault of faults.slice(0, 5)) console.error(`  ${fault}`);
  return faults.length;
}

/** Names and shapes other than the sound file's are for the table of names, which takes nothing but a full match. */
async function outcomeOf(target, place, sound) {
  try {
    const { tensors } = await readForeign(target);
    for (const [name, { shape, data }] of tensors) {
      if (data.length !== shape.reduce((product, size) => product * size, 1)) return `"${name}" is not whole`;
    }
    const shapes = (found) => JSON.stringify([...found].map(([name, { shape }]) => [name, shape]).sort());
    if (shapes(tensors) !== shapes(sound.tensors)) return "shapes";
    const same = [...tensors].every(([name, { data }]) => {
      const [bits, expected] = [data, sound.tensors.get(name).data].map((a) =>
        Buffer.from(a.buffer, a.byteOffset, a.byteLength),
      );
      return bits.equals(expected);
    });
    return same ? "whole" : "numbers";
  } catch (error) {
    const { exitCode, message } = error;
    return exitCode === 7 && message.startsWith(place) && !message.includes("\n") ? "refused" : String(error.stack);
  }
}

/** A bit, some bytes near the beginning or the end, a stretch of zeros or ones, a cut, bytes more. */
function mutation(original, random) {
  const bytes = Buffer.from(original);
  const at = random(bytes.length);
  const kinds = [
    () => {
      bytes[at] ^= 1 << random(8);
      return bytes;
    },
    () => {
      for (let k = 0; k < 4; k++) bytes[random(Math.min(bytes.length, 512))] = random(256);
      return bytes;
    },
    () => {
      bytes[bytes.length - 1 - random(Math.min(bytes.length, 256))] = random(256);
      return bytes;
    },
    () => bytes.fill(random(2) * 255, at, Math.min(bytes.length, at + 1 + random(16))),
    () => bytes.subarray(0, at),
    () => Buffer.concat([bytes.subarray(0, at), Buffer.alloc(1 + random(8), random(256)), bytes.subarray(at)]),
  ];
  return kinds[random(kinds.length)]();
}

/** Whole numbers below n (Numerical Recipes' generator, its upper bits). */
function generator(seed) {
  let state = seed >>> 0;
  return (n) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 2 ** 32) * n);
  };
}

async function tarball(name, bytes) {
  const archive = pack();
  archive.entry({ name }, bytes);
  archive.finalize();
  const pieces = [];
  for await (const piece of archive) pieces.push(piece);
  return gzipSync(Buffer.concat(pieces));
}

function twoTensors() {
  return new Map([
    ["conv.weight", { shape: [2, 3], data: Float32Array.of(1, 2, 3, 4, 5, 6) }],
    ["conv.bias", { shape: [2], data: Float32Array.of(7, 8) }],
  ]);
}

function manifest() {
  const eight = { dtype: "uint8", scale: 0.5, min: -1 };
  const weights = [
    { name: "conv/kernel", shape: [2, 3], dtype: "float32", quantization: eight },
    { name: "conv/bias", shape: [8], dtype: "float32" },
    { name: "dense/kernel", shape: [4], dtype: "float32", quantization: { ...eight, dtype: "uint16" } },
  ];
  return { format: "layers-model", modelTopology: {}, weightsManifest: [{ paths: ["w.bin"], weights }] };
}

/** Two layers: [2, 3] and [2] numbers, and [1, 1, 1, 4] in the older form of a shape. */
function caffemodel() {
  const field = (number, bytes) => [...varint(number * 8 + 2), ...varint(bytes.length), ...bytes];
  const floats = (...numbers) => field(5, [...new Uint8Array(Float32Array.from(numbers).buffer)]);
  const shape = (...sizes) => field(7, field(1, sizes));
  const name = (number, text) => field(number, [...Buffer.from(text)]);
  const conv = [
    ...name(1, "conv1/7x7"),
    ...name(2, "Convolution"),
    ...field(7, [...shape(2, 3), ...floats(1, 2, 3, 4, 5, 6)]),
    ...field(7, [...shape(2), ...floats(7, 8)]),
  ];
  const dense = [...name(1, "fc"), ...field(7, [8, 1, 16, 1, 24, 1, 32, 4, ...floats(1, 2, 3, 4)])];
  return Buffer.from([...name(1, "net"), ...field(100, conv), ...field(100, dense)]);
}

function varint(value) {
  return value < 128 ? [value] : [(value % 128) + 128, ...varint(Math.floor(value / 128))];
}
