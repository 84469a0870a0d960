// Our resize against Pillow's and TensorFlow's, over generated pictures and photographs, enlarged 1-4 and shrunk 1-12 times; a JPEG
// reduced by its decoder against the whole one; and files, from the bytes on the disk to the network's input, against Pillow alone.
// Some minutes, so it is run by hand after `npm run build`, with a Python that has Pillow (9 to 12) and NumPy, and perhaps TensorFlow:
//   INCEPTION_PYTHON=python3 node test/slow/resize.mjs <photographs> [--limit 60] [--size 224]
// Prints mean and largest difference in levels; ends with 1 where a picture's mean is 0.5 or more or a byte differs by 4, and for a
// reduced JPEG where the mean is 1 or more.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { evaluationPlan, extentOf } from "../../dist/images/crop.js";
import { openPicture } from "../../dist/images/decode.js";
import { reductionFor, within } from "../../dist/images/jpeg-reduction.js";
import { preparePicture } from "../../dist/images/prepare.js";
import { wholeOf } from "../../dist/images/resample/extent.js";
import { resample } from "../../dist/images/resample/resample.js";
import { openSource } from "../../dist/images/sources/source.js";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { limit: { type: "string", default: "60" }, size: { type: "string", default: "224" } },
});
if (positionals.length !== 1) throw new Error("give a source of photographs: a folder or an archive");
const size = Number(values.size);
const enlarged = [4, 3, 2, 1.5, 1.2].map((times) => 1 / times);
const shrunk = [1.1, 1.3, 1.5, 2, 2.5, 3, 4, 5, 6, 8, 10, 12];
const steps = [...enlarged, 1, ...shrunk];
const reducedSteps = [7, 8, 10, 12, 13, 16];

const folder = mkdtempSync(join(tmpdir(), "inception-resize-"));
const python = spawn(process.env.INCEPTION_PYTHON ?? "python3", [join(import.meta.dirname, "resize.py")], {
  stdio: ["pipe", "pipe", "inherit"],
});
const answers = createInterface({ input: python.stdout })[Symbol.asyncIterator]();
const hear = async () => {
  const { value, done } = await answers.next();
  if (done) throw new Error("the Python program ended");
  return JSON.parse(value);
};
const ask = (question) => {
  python.stdin.write(`${JSON.stringify(question)}\n`);
  return hear();
};

const versions = await hear();
const kernels = ["linear", "cubic", ...(versions.tensorflow ? ["tensorflow"] : [])];
const rows = new Map();
const note = (name, { mean, largest }) => {
  const row = rows.get(name) ?? { pictures: 0, sum: 0, worst: 0, largest: 0, equal: 0 };
  row.pictures += 1;
  row.sum += mean;
  row.worst = Math.max(row.worst, mean);
  row.largest = Math.max(row.largest, largest);
  row.equal += largest === 0 ? 1 : 0;
  rows.set(name, row);
};

const input = join(folder, "input.raw");
const output = join(folder, "output.raw");
async function compare(name, picture, to, kernel, made) {
  writeFileSync(output, made);
  const { width, height } = picture;
  note(name, await ask({ input, size: [width, height], to: [to.width, to.height], kernel, output }));
}

const scaled = ({ width, height }, step) => ({ width: Math.round(width / step), height: Math.round(height / step) });
const isUseful = ({ width, height }) => Math.min(width, height) >= 8 && width * height < 2e6;

async function compareSizes(kind, picture) {
  writeFileSync(input, picture.pixels);
  for (const kernel of kernels)
    for (const step of steps) {
      const to = scaled(picture, step);
      if (!isUseful(to)) continue;
      const made = resample(picture, { source: wholeOf(picture), to, window: wholeOf(to) }, kernel);
      const how = step < 1 ? "enlarged 1.2-4 times" : "shrunk 1-12 times";
      await compare(`${kind}, ${kernel}, ${how}`, picture, to, kernel, made);
    }
}

/** What a large JPEG becomes by way of its decoder's reduction, against Pillow's resize of all its pixels. */
async function compareReduced(opened, picture) {
  for (const kernel of ["linear", "cubic"])
    for (const step of reducedSteps) {
      const to = { width: Math.floor(picture.width / step), height: Math.floor(picture.height / step) };
      if (Math.min(to.width, to.height) < 28) continue;
      const extent = { source: wholeOf(picture), to, window: wholeOf(to) };
      const reduced = await opened.decode(reductionFor(extent, kernel));
      const made = resample(reduced, { ...extent, source: within(extent.source, reduced) }, kernel);
      await compare(`JPEG reduced, ${kernel}, shrunk ${step} times`, picture, to, kernel, made);
    }
}

/** The whole way of a file, against Pillow from its decoder on. */
async function compareFile({ name, source }, { width, height }) {
  const bytes = "file" in source ? undefined : source.bytes;
  const file = bytes ? join(folder, "file.jpg") : source.file;
  if (bytes) writeFileSync(file, bytes);
  for (const preset of ["torchvision", "timm"]) {
    const { to, window } = extentOf(evaluationPlan(preset, width, height, size), { width, height }, size);
    const item = { name, label: 0, source };
    writeFileSync(output, await preparePicture(item, size, { preset, jpegReduction: "off" }));
    const kernel = preset === "timm" ? "cubic" : "linear";
    const answer = await ask({ file, to: [to.width, to.height], window, kernel, output });
    note(`${answer.kind}, ${preset} at ${size}`, answer);
  }
}

const made = (width, height, level) => ({
  pixels: Uint8Array.from({ length: width * height * 3 }, (_, i) => level(Math.floor(i / 3), i % 3)),
  width,
  height,
});
const generated = [
  [333, 251],
  [500, 333],
  [97, 240],
].flatMap(([width, height]) => [
  made(width, height, (pixel, channel) => Math.imul(pixel * 3 + channel, 2654435761) >>> 24),
  made(width, height, (pixel, channel) => (((pixel % width) * 255) / width + channel * 40) % 256),
  made(width, height, (pixel) => 255 * ((((pixel % width) >> 2) + (Math.floor(pixel / width) >> 3)) & 1)),
]);
for (const picture of generated) await compareSizes("generated", picture);

const { items } = await openSource(positionals[0]);
const every = Math.max(1, Math.floor(items.length / Number(values.limit)));
for (const item of items.filter((_, i) => i % every === 0)) {
  const { source } = item;
  const opened = await openPicture("file" in source ? () => readFile(source.file) : source.bytes, item.name);
  const picture = await opened.decode();
  await compareSizes("photographs", picture);
  await compareReduced(opened, picture);
  await compareFile(item, picture);
}
python.stdin.end();
await once(python, "close");
rmSync(folder, { recursive: true });

console.log(`Pillow ${versions.pillow}, TensorFlow ${versions.tensorflow ?? "none"}; levels of 255`);
let isGood = true;
for (const [name, { pictures, sum, worst, largest, equal }] of rows) {
  const isReduced = name.startsWith("JPEG reduced");
  const good = isReduced ? worst < 1 : worst < 0.5 && largest < 4;
  isGood &&= good;
  const figures = `mean ${(sum / pictures).toFixed(3)}, of the worst picture ${worst.toFixed(3)}, largest ${largest.toFixed(0)}`;
  console.log(`${good ? "  " : "! "}${name}: ${figures}; ${equal} of ${pictures} equal`);
}
process.exitCode = isGood ? 0 : 1;
