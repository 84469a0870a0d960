// Reads a network as a drawing: boxes and the arrows between them, without coordinates.
import { fold } from "../network/fold.ts";
import type { Layer, Padding, PoolWindow, Size } from "../network/layer.ts";
import { pick, type Table } from "../network/table.ts";
import { unitOf } from "./cost.ts";
import { stageOf } from "./record.ts";
import { joinChannels, type Shape, shapeOf } from "./shapes.ts";

export type Box = {
  /** The path of the layer, or of the concat. */
  readonly path: string;
  readonly stage: string;
  /** What it does, in the order done: `conv 3x3 / 2, 32`, `batch norm`, `ReLU`. */
  readonly words: readonly string[];
  readonly output: Shape;
  readonly auxiliary: boolean;
  /** The branch of the innermost concat around it, as a path; empty on the main path. */
  readonly lane: string;
};
export type Drawing = {
  readonly boxes: readonly Box[];
  readonly arrows: readonly { readonly from: string; readonly to: string }[];
};

/** The path that stands for the image. */
export const imagePath = "image";

type Sketch = { path: string; words: string[]; output: Shape };
/** The box a map comes out of. */
type End = { readonly path: string; readonly shape: Shape };

/** A convolution with its bias, batch norm and ReLU is one box; so is every other primitive and every concat. */
export function draw(network: Layer, input: Shape): Drawing {
  const sketches = new Map<string, Sketch>([[imagePath, { path: imagePath, words: [imagePath], output: input }]]);
  const arrows: { from: string; to: string }[] = [];
  const joins: string[] = [];
  const taps: string[] = [];
  const put = (path: string, word: string, shape: Shape, ends: readonly End[]): End => {
    const sketch = sketches.get(path) ?? { path, words: [], output: shape };
    sketch.words.push(word);
    sketch.output = shape;
    sketches.set(path, sketch);
    for (const end of ends) if (end.path !== path) arrows.push({ from: end.path, to: path });
    return { path, shape };
  };
  fold<End>(
    network,
    { path: imagePath, shape: input },
    {
      primitive: (layer, end, path) =>
        put(unitOf(path, layer.type), pick(words, layer), pick(shapeOf, layer, end.shape), [end]),
      concat(branches, path) {
        joins.push(path);
        return put(
          path,
          "concat",
          joinChannels(
            branches.map(({ shape }) => shape),
            path,
          ),
          branches,
        );
      },
      tap: (_end, path) => void taps.push(path),
    },
  );
  const inside = (path: string, outer: string) => path === outer || path.startsWith(`${outer}/`);
  const boxes = [...sketches.values()].map((sketch) => ({
    ...sketch,
    stage: stageOf(sketch.path),
    auxiliary: taps.some((tap) => inside(sketch.path, tap)),
    lane: laneOf(sketch.path, joins),
  }));
  return { boxes, arrows };
}

function laneOf(path: string, joins: readonly string[]): string {
  const around = joins.filter((join) => path.startsWith(`${join}/`));
  const innermost = around.reduce((deepest, join) => (join.length > deepest.length ? join : deepest), "");
  if (innermost === "") return "";
  return `${innermost}/${path.slice(innermost.length + 1).split("/", 1)[0]}`;
}

const sides = ([height, width]: Size): string => `${height}x${width}`;
const windowed = (name: string, { kernel, stride, padding, ceil }: PoolWindow): string =>
  [
    `${name} ${sides(kernel)}`,
    ...(stride === 1 ? [] : [`/ ${stride}`]),
    ...margins(padding),
    ...(ceil ? ["ceil"] : []),
  ].join(" ");

/** What is given beyond the edges, as short as it can be said; `same` and `valid` show in the maps' sizes. */
function margins(padding: Padding): string[] {
  if (typeof padding === "string") return [];
  const all = [...padding.rows, ...padding.columns];
  if (new Set(all).size === 1) return all[0] === 0 ? [] : [`pad ${all[0]}`];
  return [`pad ${padding.rows.join("+")} x ${padding.columns.join("+")}`];
}

const words: Table<[], string> = {
  conv: (layer) => `${windowed("conv", layer)}, ${layer.filters}`,
  depthwise: (layer) => `${windowed("depthwise", layer)}, x${layer.multiplier}`,
  maxPool: (layer) => windowed("max pool", layer),
  averagePool: (layer) => windowed("average pool", layer),
  globalPool: () => "average over the grid",
  adaptivePool: ({ grid }) => `average to ${grid}x${grid}`,
  dropout: ({ rate }) => `dropout ${rate}`,
  dense: ({ units }) => `dense ${units}`,
  bias: () => "bias",
  batchNorm: () => "batch norm",
  responseNorm: ({ size }) => `local response norm, ${size}`,
  relu: () => "ReLU",
};
