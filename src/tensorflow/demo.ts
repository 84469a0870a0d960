// A page beside a model of TensorFlow.js that classifies pictures in a browser, with all that it loads.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { CropChoice, Preset } from "../images/crop.ts";
import type { Pixels } from "../network/preprocessing.ts";
import type { PixelsPlace } from "../published/choices.ts";
import { workerFile } from "../worker-file.ts";
import { demoPage, demoStyle } from "./demo-page.ts";
import { demoScript } from "./demo-script.ts";

/** How pictures reach the network. */
export interface DemoView extends Pixels {
  readonly size: number;
  readonly preset: Preset;
  readonly choice: CropChoice;
  readonly background: boolean;
  readonly pixels: PixelsPlace;
}

/** TensorFlow.js for browsers, without what a page's policy forbids: a file of its package, which is not installed with this one. */
export const bundle = { package: "@tensorflow/tfjs@4.22.0", file: "dist/tf.es2017.min.js", name: "tf.es2017.min.js" };

/** Files by their names; without the bundle where its package is not installed. */
export function demoOf(view: DemoView): ReadonlyMap<string, Uint8Array> {
  const library = findBundle();
  const texts: [string, string][] = [
    ["index.html", demoPage],
    ["demo.css", demoStyle],
    ["demo.js", demoScript],
    ["view.js", `export const view = ${JSON.stringify(view)};\n`],
    ...modulesOf("cut"),
  ];
  const files = texts.map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text)]);
  return new Map(library ? [...files, [bundle.name, readFileSync(library)]] : files);
}

function findBundle(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(`@tensorflow/tfjs/${bundle.file}`);
  } catch {
    return undefined;
  }
}

/** A module of images/ and all that it imports, compiled. */
function modulesOf(name: string): [name: string, text: string][] {
  const images = new URL(".", workerFile(import.meta.url, "../images/cut"));
  const found = new Map<string, string>();
  const add = (module: URL): void => {
    if (found.has(module.href)) return;
    const text = readFileSync(module, "utf8");
    found.set(module.href, text);
    for (const [, path] of text.matchAll(/^import .*? from "([^"]+)";$/gm)) add(new URL(path!, module));
  };
  add(new URL(`${name}.js`, images));
  return [...found].map(([href, text]) => [`inception/${href.slice(images.href.length)}`, text]);
}
