// A page beside a model of TensorFlow.js that classifies pictures in a browser, with all that it loads.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import type { CropChoice, Preset } from "../images/crop.ts";
import type { Pixels } from "../network/preprocessing.ts";
import { workerFile } from "../worker-file.ts";
import { demoPage, demoStyle } from "./demo-page.ts";
import { demoScript } from "./demo-script.ts";

/** How pictures reach the network. */
export interface DemoView extends Pixels {
  readonly size: number;
  readonly preset: Preset;
  readonly choice: CropChoice;
  readonly background: boolean;
  readonly pixels: "inside" | "outside";
}

export interface Demo {
  /** By their names. */
  readonly files: ReadonlyMap<string, Uint8Array>;
  /** What is not installed here and has to be put beside the page. */
  readonly missing: string | undefined;
}

/** TensorFlow.js for browsers, as its package has it; the name that the page loads it by. */
const bundle = { module: "@tensorflow/tfjs/dist/tf.min.js", name: "tf.min.js" };

export function demoOf(view: DemoView): Demo {
  const library = findBundle();
  const texts: [string, string][] = [
    ["index.html", demoPage],
    ["demo.css", demoStyle],
    ["demo.js", demoScript],
    ["view.js", `export const view = ${JSON.stringify(view)};\n`],
    ...modulesOf("cut"),
  ];
  const files = texts.map(([name, text]): [string, Uint8Array] => [name, Buffer.from(text)]);
  return {
    files: new Map(library ? [...files, [bundle.name, readFileSync(library)]] : files),
    missing: library ? undefined : bundle.name,
  };
}

function findBundle(): string | undefined {
  try {
    return createRequire(import.meta.url).resolve(bundle.module);
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
