// Keras' InceptionV3 (keras.applications): its layers are numbered as they are made, which is the order of our tree.
import { trace } from "../../interpret/shapes.ts";
import { buildNetwork } from "../../network/catalog.ts";
import { hwio, inOut, vector } from "../layouts.ts";
import { networkOf } from "../network-of.ts";
import { unitRange } from "../pixels.ts";
import type { ForeignNetwork, Ignorable, Parts, Units, Written } from "./source.ts";

const network: Written = { name: "inception-v3", auxiliary: "off", bnScale: false, dropout: 0 };
const size = 299;

const numbered = (number: number): string => (number === 0 ? "" : `_${number}`);

/** A unit's name is what follows `conv2d` and `batch_normalization`. */
function unitsInOrder(): Units {
  const steps = trace(buildNetwork(networkOf(network, 1000), size), { height: size, width: size, channels: 3 });
  const convolutions = steps.flatMap(({ layer, path }) =>
    layer.type === "conv" ? [path.slice(0, -"/conv".length)] : [],
  );
  return {
    ...Object.fromEntries(convolutions.map((unit, number) => [unit, numbered(number)])),
    Logits: "predictions",
  };
}

const parts: Parts = {
  "conv/kernel": ["conv2d{}/kernel", hwio],
  "batchNorm/gamma": ["batch_normalization{}/gamma", vector],
  "batchNorm/beta": ["batch_normalization{}/beta", vector],
  "batchNorm/movingMean": ["batch_normalization{}/moving_mean", vector],
  "batchNorm/movingVariance": ["batch_normalization{}/moving_variance", vector],
  "dense/kernel": ["{}/kernel", inOut],
  "dense/bias": ["{}/bias", vector],
};

const ignored: readonly Ignorable[] = [
  {
    what: "the optimizer's state",
    names: /(?:^|\/)(?:optimizer\w*|rmsprop|adam\w*|sgd|training)\/|(?:^|\/)iterations?(?::0)?$/i,
  },
  { what: "states of random generators", names: /seed_generator/ },
];

/**
 * The k-th convolution that a model lists is the madeInOrder[k]-th that was made: what numbers mean where a file has the places
 * of layers for their names.
 */
export const madeInOrder: readonly number[] = [
  0, 1, 2, 3, 4, 8, 6, 9, 5, 7, 10, 11, 15, 13, 16, 12, 14, 17, 18, 22, 20, 23, 19, 21, 24, 25, 27, 28, 26, 29, 34, 35,
  31, 36, 32, 37, 30, 33, 38, 39, 44, 45, 41, 46, 42, 47, 40, 43, 48, 49, 54, 55, 51, 56, 52, 57, 50, 53, 58, 59, 64,
  65, 61, 66, 62, 67, 60, 63, 68, 69, 72, 73, 70, 74, 71, 75, 80, 77, 81, 78, 79, 82, 83, 76, 84, 89, 86, 90, 87, 88,
  91, 92, 85, 93,
];

type Layer = { readonly kind: string; readonly number: number; readonly name: string; readonly variable: string };

/** Numbers begin at 0 whatever was made before in the same session, variables have names, and the one dense layer is the head. */
function canonical(names: readonly string[], isMatrix: (name: string) => boolean): ReadonlyMap<string, string> {
  const layers = names.flatMap(layerOf);
  const heads = new Set(
    names.flatMap((name) => (isMatrix(name) ? [/(?:^|\/)([^/]+)\/(?:kernel|vars\/0)(?::0)?$/.exec(name)?.[1]] : [])),
  );
  const found = new Map<string, string>();
  for (const kind of ["conv2d", "batch_normalization"] as const) {
    const own = layers.filter((layer) => layer.kind === kind);
    const first = Math.min(...own.map(({ number }) => number));
    for (const { name, number, variable } of own) {
      const place = number - first;
      const made = name.startsWith("layers/") ? (madeInOrder[place] ?? place) : place;
      const count = own.filter((layer) => layer.number === number).length;
      found.set(name, `${kind}${numbered(made)}/${variableNames[kind](variable, count)}`);
    }
  }
  for (const name of names) {
    const [, layer, variable] = /(?:^|\/)([^/]+)\/(kernel|bias|vars\/[01])(?::0)?$/.exec(name) ?? [];
    if (heads.size !== 1 || layer === undefined || !heads.has(layer)) continue;
    found.set(name, `predictions/${{ "vars/0": "kernel", "vars/1": "bias" }[variable!] ?? variable}`);
  }
  return found;
}

function layerOf(name: string): Layer[] {
  const [, kind, number = "0", variable] =
    /(?:^|\/)(conv2d|batch_normalization)(?:_(\d+))?\/(\w+|vars\/\d)(?::0)?$/.exec(name) ?? [];
  return kind === undefined ? [] : [{ kind, number: Number(number), name, variable: variable! }];
}

/** Variables that are numbered stand in this order, gamma left out where a norm has only three. */
const variableNames = {
  conv2d: (variable: string): string => ({ "vars/0": "kernel", "vars/1": "bias" })[variable] ?? variable,
  batch_normalization(variable: string, count: number): string {
    const index = /^vars\/(\d)$/.exec(variable)?.[1];
    return index === undefined ? variable : normVariables.slice(4 - Math.min(4, count))[Number(index)]!;
  },
};
const normVariables = ["gamma", "beta", "moving_mean", "moving_variance"] as const;

export const kerasV3: ForeignNetwork = {
  source: "keras",
  name: "InceptionV3",
  units: unitsInOrder(),
  parts,
  network,
  preprocessing: { size, preset: "tf", ...unitRange, background: false },
  ignored,
  canonical,
};
