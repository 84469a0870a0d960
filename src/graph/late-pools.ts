// Average pools after the 1x1 convolution that follows them instead of before it. Both are linear and a pool keeps to its
// channel, so the maps are the same up to rounding; the convolution leaves fewer channels to pool.
import type { Layer } from "../network/layer.ts";

type Named = readonly [name: string, layer: Layer];

/** The same network to every weight and its name; auxiliary heads stay as they are. */
export function latePools(layer: Layer): Layer {
  if (layer.type !== "chain" && layer.type !== "concat") return layer;
  const children = Object.entries(layer.children).map(([name, child]): Named => [name, latePools(child)]);
  return { ...layer, children: Object.fromEntries(layer.type === "chain" ? reordered(children) : children) };
}

const reordered = (children: readonly Named[]): Named[] =>
  children.flatMap(([name, child], i): Named[] => {
    if (joined(child, children[i + 1]?.[1])) return [];
    return [[name, joined(children[i - 1]?.[1], child) ?? child]];
  });

/** The unit with the pool behind its convolution; undefined where they are no such pair. */
function joined(pool: Layer | undefined, unit: Layer | undefined): Layer | undefined {
  if (pool?.type !== "averagePool" || pool.stride !== 1 || unit?.type !== "chain") return undefined;
  const [first, ...rest] = Object.entries(unit.children);
  const pointwise = first?.[1].type === "conv" && first[1].stride === 1 && first[1].kernel.every((side) => side === 1);
  return pointwise
    ? { type: "chain", children: Object.fromEntries([first, ["averagePool", pool], ...rest]) }
    : undefined;
}
