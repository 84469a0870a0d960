// Average pools after the 1x1 convolution that follows them instead of before it. Both are linear and a pool keeps to its
// channel, so the maps are the same up to rounding; the convolution leaves fewer channels to pool.
import type { Children, Layer } from "../network/layer.ts";
import { kept, type Rewriting, rewrite } from "../network/rewrite.ts";

/** The same network to every weight and its name. */
export const latePools = (network: Layer): Layer => rewrite(network, poolsBehind);

const poolsBehind: Rewriting = {
  primitive: kept,
  chain: (chain) => {
    const children = Object.entries(chain.children);
    const swapped = children.flatMap(([name, child], i): Named[] => {
      if (joined(child, children[i + 1]?.[1])) return [];
      return [[name, joined(children[i - 1]?.[1], child) ?? child]];
    });
    return swapped.length === children.length ? chain : { ...chain, children: Object.fromEntries(swapped) };
  },
  concat: kept,
  tap: kept,
};

type Named = readonly [name: string, layer: Layer];

/** The unit with the pool behind its convolution; undefined where they are no such pair. */
function joined(pool: Layer | undefined, unit: Layer | undefined): Layer | undefined {
  if (pool?.type !== "averagePool" || pool.stride !== 1 || unit?.type !== "chain") return undefined;
  const [first, ...rest] = Object.entries(unit.children);
  if (first === undefined || !isPointwise(first[1])) return undefined;
  const children = inOrder([first, [freeName(unit.children), pool], ...rest]);
  return children && { type: "chain", children };
}

const isPointwise = (layer: Layer): boolean =>
  layer.type === "conv" &&
  layer.stride === 1 &&
  layer.kernel.every((side) => side === 1) &&
  (typeof layer.padding === "string" ||
    Object.values(layer.padding)
      .flat()
      .every((places) => places === 0));

function freeName(children: Children): string {
  let name = "averagePool";
  for (let number = 2; Object.hasOwn(children, name); number++) name = `averagePool_${number}`;
  return name;
}

/** Undefined where an object cannot keep this order: it moves names that are whole numbers to the front. */
function inOrder(entries: readonly Named[]): Children | undefined {
  const children = Object.fromEntries(entries);
  return Object.keys(children).every((name, i) => name === entries[i]![0]) ? children : undefined;
}
