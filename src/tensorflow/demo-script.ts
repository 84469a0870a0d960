// The script of the page that classifies pictures in a browser: a module, which shows pictures to the network as evaluation does.

export const demoScript = `import { evaluationPlan } from './inception/crop.js';
import { cut } from './inception/cut.js';
import { view } from './view.js';

const shown = 5;
const mostPixels = 100_000_000;
const element = (id) => document.getElementById(id);
const make = (tag, name, ...content) => {
  const made = document.createElement(tag);
  made.className = name;
  made.append(...content);
  return made;
};
const say = (words, failed = false) => {
  element("status").textContent = words;
  element("status").classList.toggle("failed", failed);
};

/** RGB bytes and sides of the picture in a file, upright, transparency on black; colour profiles are passed over. */
async function pictureIn(file) {
  const options = { imageOrientation: "from-image", premultiplyAlpha: "none", colorSpaceConversion: "none" };
  const bitmap = await createImageBitmap(file, options).catch(() => {
    throw new Error("not a picture that this browser can read");
  });
  const { width, height } = bitmap;
  if (width * height > mostPixels) throw new Error("more than 100 million pixels");
  const canvas = document.createElement("canvas");
  Object.assign(canvas, { width, height });
  const context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  const { data } = context.getImageData(0, 0, width, height);
  const pixels = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < pixels.length; from += 4, to += 3) {
    pixels[to] = data[from];
    pixels[to + 1] = data[from + 1];
    pixels[to + 2] = data[from + 2];
  }
  return { pixels, width, height };
}

/** What the network sees of it: RGB bytes, size * size * 3. */
function seenOf(picture) {
  const { width, height } = picture;
  const plan = evaluationPlan(view.preset, width, height, view.size, view.choice);
  return cut(picture, { ...picture, shows: { left: 0, top: 0, width, height } }, plan, view.size);
}

function inputOf(seen) {
  const shape = [1, view.size, view.size, 3];
  if (view.pixels === "inside") return tf.tensor4d(Int32Array.from(seen), shape, "int32");
  const { order, scale, mean, deviation } = view;
  const from = order === "RGB" ? [0, 1, 2] : [2, 1, 0];
  const values = Float32Array.from(seen, (_, i) => {
    const channel = i % 3;
    return (seen[i - channel + from[channel]] * scale - mean[channel]) / deviation[channel];
  });
  return tf.tensor4d(values, shape);
}

/** Probabilities of the classes, without the one that no picture has. */
async function probabilitiesOf(model, seen) {
  const input = inputOf(seen);
  const output = model.execute(input, "logits");
  const logits = (await output.data()).slice(view.background ? 1 : 0);
  tf.dispose([input, output]);
  const largest = Math.max(...logits);
  const powers = Array.from(logits, (logit) => Math.exp(logit - largest));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((power) => power / sum);
}

function thumbnailOf(seen) {
  const canvas = make("canvas", "seen");
  Object.assign(canvas, { width: view.size, height: view.size });
  const rgba = new Uint8ClampedArray(view.size * view.size * 4).fill(255);
  for (let from = 0, to = 0; from < seen.length; from += 3, to += 4) rgba.set(seen.subarray(from, from + 3), to);
  canvas.getContext("2d").putImageData(new ImageData(rgba, view.size), 0, 0);
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "The part that the network sees");
  return canvas;
}

function rowOf(label, probability) {
  const bar = make("div", "bar");
  bar.style.width = 100 * probability + "%";
  const share = (100 * probability).toFixed(probability < 0.0995 ? 2 : 1) + "%";
  return make("li", "", make("span", "label", label), make("span", "share", share), make("div", "track", bar));
}

async function classify(file, model, labels) {
  const card = make("article", "card", make("h2", "", file.name));
  element("results").prepend(card);
  try {
    const seen = seenOf(await pictureIn(file));
    const wait = make("p", "time", "Looking ...");
    card.append(thumbnailOf(seen), wait);
    await tf.nextFrame();
    const began = performance.now();
    const probabilities = await probabilitiesOf(model, seen);
    const time = Math.round(performance.now() - began);
    const best = probabilities.map((_, i) => i).sort((a, b) => probabilities[b] - probabilities[a]);
    const rows = best.slice(0, shown).map((i) => rowOf(labels[i], probabilities[i]));
    wait.replaceWith(make("ol", "", ...rows), make("p", "time", time + " ms by " + tf.getBackend()));
  } catch (error) {
    card.append(make("p", "failed", error.message));
  }
}

async function labelsIn(file) {
  const answer = await fetch(file);
  if (!answer.ok) throw new Error(file + " is missing");
  const lines = (await answer.text()).replace(/\\n$/, "").split("\\n");
  return view.background ? lines.slice(1) : lines;
}

async function start() {
  say("Loading the network ...");
  if (globalThis.tf === undefined)
    throw new Error("tf.es2017.min.js is missing: put it, of the npm package @tensorflow/tfjs, beside this page.");
  const onProgress = (share) => say("Loading the network: " + Math.round(100 * share) + "%");
  const [labels, model] = await Promise.all([labelsIn("labels.txt"), tf.loadGraphModel("model.json", { onProgress })]);
  say("Getting ready ...");
  const backend = new URLSearchParams(location.search).get("backend");
  if (backend !== null) await tf.setBackend(backend);
  await tf.ready();
  // A graphics processor compiles its programs with the first pass.
  if (tf.getBackend() !== "cpu") await probabilitiesOf(model, new Uint8Array(view.size * view.size * 3));
  say(labels.length + " classes. Nothing leaves this computer.");
  let queue = Promise.resolve();
  const take = (files) => {
    for (const file of files) queue = queue.then(() => classify(file, model, labels));
  };
  element("files").disabled = false;
  element("files").addEventListener("change", ({ target }) => {
    take([...target.files]);
    target.value = "";
  });
  addEventListener("paste", ({ clipboardData }) => take([...clipboardData.files]));
  addEventListener("drop", ({ dataTransfer }) => take([...dataTransfer.files]));
  document.body.classList.add("ready");
}

addEventListener("dragover", (event) => {
  event.preventDefault();
  document.body.classList.add("over");
});
addEventListener("dragleave", ({ relatedTarget }) => {
  if (relatedTarget === null) document.body.classList.remove("over");
});
// Or the browser leaves the page for the picture.
addEventListener("drop", (event) => {
  event.preventDefault();
  document.body.classList.remove("over");
});
start().catch((error) => say(error.message, true));
`;
