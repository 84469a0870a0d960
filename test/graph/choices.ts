// Which units a ReLU let through and which pixels a max pool took, in a step of the engine; and tfjs made to choose the same.
import { createHash } from "node:crypto";
import * as tf from "@tensorflow/tfjs-core";
import protobuf from "protobufjs";
import { fold } from "../../src/network/fold.ts";
import { marginsOf, slideOver } from "../../src/network/grid.ts";
import type { Layer, PoolWindow } from "../../src/network/layer.ts";
import type { OpenedStep, Pictures, StepFigures } from "./step.ts";
import type { Instead } from "./tfjs-network.ts";

/** In the order of the layers. */
export interface Choices {
  /** Of each ReLU: 1 where it lets its input through. */
  readonly open: readonly Uint8Array[];
  /** Of each max pool: where its results come from. */
  readonly taken: readonly Places[];
}

/** A step, watched. */
export function watched(
  network: Layer,
  step: OpenedStep,
  pictures: Pictures,
): { figures: StepFigures; choices: Choices } {
  const nodes = nodesOf(step.program.bytes);
  const relus = nodes.filter(({ op, attr }) => op === "Relu" || (op === "InceptionBatchNorm" && attr.relu?.b));
  const pools = nodes.filter(({ op }) => op === "MaxPool");
  const { figures, values } = step.watch(pictures, [
    ...relus.map(({ name }) => name),
    ...pools.map(({ input }) => input[0]!),
  ]);
  const windows = maxPools(network);
  return {
    figures,
    choices: {
      open: values.slice(0, relus.length).map(({ data }) => Uint8Array.from(data, (value) => (value > 0 ? 1 : 0))),
      taken: values.slice(relus.length).map(({ data, shape }, i) => largest(data, shape, windows[i]!)),
    },
  };
}

/** Equal where the choices are. */
export function signature({ open, taken }: Choices): string {
  const hash = createHash("sha256");
  for (const numbers of [...open, ...taken.map(({ from }) => from)]) hash.update(numbers);
  return hash.digest("hex");
}

/** ReLUs and max pools by these choices, each once and in their order: linear, whichever side of zero rounding carries a value to. */
export function chosen({ open, taken }: Choices): Instead {
  const [masks, places] = [[...open], [...taken]];
  return ({ type }, input) => {
    if (type === "relu") return tf.mul(input, tf.tensor(Float32Array.from(masks.shift()!), input.shape));
    return type === "maxPool" ? from(input, places.shift()!) : undefined;
  };
}

function maxPools(network: Layer): PoolWindow[] {
  const found: PoolWindow[] = [];
  fold<undefined>(network, undefined, {
    primitive: (layer) => void (layer.type === "maxPool" && found.push(layer)),
    concat: () => undefined,
    tap: () => {},
  });
  return found;
}

interface Places {
  readonly shape: number[];
  /** For each result, which element of the map it is. */
  readonly from: Int32Array;
}

function from(map: tf.Tensor, { shape, from }: Places): tf.Tensor {
  const pick = tf.customGrad((x) => {
    const values = (x as tf.Tensor).dataSync();
    return {
      value: tf.tensor(
        Float32Array.from(from, (place) => values[place]!),
        shape,
      ),
      gradFunc(dy: tf.Tensor) {
        const sums = new Float32Array(map.size);
        for (const [i, slope] of dy.dataSync().entries()) sums[from[i]!]! += slope;
        return tf.tensor(sums, map.shape);
      },
    };
  });
  return pick(map);
}

/** Where each window's largest value lies, the first of equals. */
function largest(values: Float32Array, map: readonly number[], window: PoolWindow): Places {
  const [batch, height, width, channels] = map as [number, number, number, number];
  const { kernel, stride } = window;
  const [rows, columns] = slideOver(window, [height, width]);
  const [[above], [left]] = marginsOf(window, [height, width]);
  const from = new Int32Array(batch * rows * columns * channels);
  let result = 0;
  for (let picture = 0; picture < batch; picture++)
    for (let row = 0; row < rows; row++)
      for (let column = 0; column < columns; column++)
        for (let channel = 0; channel < channels; channel++) {
          let best = -1;
          for (let i = 0; i < kernel[0]; i++)
            for (let j = 0; j < kernel[1]; j++) {
              const [y, x] = [row * stride + i - above, column * stride + j - left];
              if (y < 0 || y >= height || x < 0 || x >= width) continue;
              const place = ((picture * height + y) * width + x) * channels + channel;
              if (best < 0 || values[place]! > values[best]!) best = place;
            }
          from[result++] = best;
        }
  return { shape: [batch, rows, columns, channels], from };
}

type NodeDef = { name: string; op: string; input: string[]; attr: Record<string, { b?: boolean }> };

const messages = protobuf.parse(
  `
  syntax = "proto3";
  message SavedModel { repeated MetaGraph meta_graphs = 2; }
  message MetaGraph { GraphDef graph_def = 2; }
  message GraphDef { repeated NodeDef node = 1; }
  message NodeDef { string name = 1; string op = 2; repeated string input = 3; map<string, AttrValue> attr = 5; }
  message AttrValue { bool b = 5; }
`,
  { keepCase: true },
).root;

function nodesOf(bytes: Uint8Array): NodeDef[] {
  const decoded = messages.lookupType("SavedModel").decode(bytes) as unknown as {
    meta_graphs: { graph_def: { node: NodeDef[] } }[];
  };
  return decoded.meta_graphs[0]!.graph_def.node;
}
