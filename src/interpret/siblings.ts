// Convolutions that slide alike over the same map: one pass over it can compute them all.
import { fold } from "../network/fold.ts";
import type { Layer, Primitive } from "../network/layer.ts";

type Conv = Extract<Primitive, { readonly type: "conv" }>;

export interface Sibling {
  readonly path: string;
  readonly layer: Conv;
  /** Paths of the bias and of the ReLU after it, where nothing else reads what comes between. */
  readonly finish: readonly [bias: string, relu: string] | undefined;
}

/** A map, and the layers that read it. */
interface Read {
  readonly readers: { readonly path: string; readonly layer?: Primitive; readonly output?: Read }[];
}

/** Groups of two or more; all of a group are finished alike. */
export function siblingsOf(network: Layer): Sibling[][] {
  const maps: Read[] = [];
  const map = (): Read => {
    const made: Read = { readers: [] };
    maps.push(made);
    return made;
  };
  fold<Read>(network, map(), {
    primitive(layer, input, path) {
      const output = map();
      input.readers.push({ path, layer, output });
      return output;
    },
    concat(branches, path) {
      for (const branch of branches) branch.readers.push({ path });
      return map();
    },
    tap: (output, path) => void output.readers.push({ path }),
  });
  return maps.flatMap(({ readers }) => {
    const groups = new Map<string, Sibling[]>();
    for (const { path, layer, output } of readers) {
      if (layer?.type !== "conv") continue;
      const finish = finishOf(output!);
      const { kernel, stride, padding } = layer;
      const key = JSON.stringify([kernel, stride, padding, finish !== undefined]);
      groups.set(key, [...(groups.get(key) ?? []), { path, layer, finish }]);
    }
    return [...groups.values()].filter((group) => group.length > 1);
  });
}

function finishOf(map: Read): Sibling["finish"] {
  const bias = alone(map, "bias");
  const relu = bias && alone(bias.output!, "relu");
  return relu && [bias.path, relu.path];
}

/** What reads the map, where it is the only one and of this type. */
function alone({ readers }: Read, type: Primitive["type"]): Read["readers"][number] | undefined {
  const [first, second] = readers;
  return !second && first?.layer?.type === type ? first : undefined;
}
