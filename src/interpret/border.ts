// A network cut at the border below which nothing is trained: the trunk, whose maps training only reads, and the rest.
import { fold } from "../network/fold.ts";
import type { Layer } from "../network/layer.ts";
import { kept, type Rewriting, rewrite } from "../network/rewrite.ts";
import { hasVariables, owners } from "./selection.ts";

/** Each layer has the name in its part that it has in the whole network. */
export interface Parts {
  /** Without auxiliary heads: below the border nothing learns from them. */
  readonly trunk: Layer;
  readonly head: Layer;
}

/**
 * The border lies as high as can be: below it every layer is frozen or has nothing to train, and none drops features at
 * random. Undefined where no layer with variables lies below it.
 */
export function partsAt(network: Layer, isFrozen: (path: string) => boolean): Parts | undefined {
  const below = fixedFrom(network, looseLayers(network, isFrozen));
  const trunk = rewrite(network, { ...keeping((path) => below.some((top) => overlap(path, top))), tap: () => nothing });
  if (owners(trunk).length === 0) return undefined;
  return {
    trunk,
    head: rewrite(
      network,
      keeping((path) => !below.some((top) => isWithin(path, top))),
    ),
  };
}

const nothing: Layer = { type: "chain", children: {} };

const isWithin = (path: string, top: string): boolean => path === top || path.startsWith(`${top}/`);
const overlap = (path: string, top: string): boolean => isWithin(path, top) || isWithin(top, path);

/** Leaves out the parts of chains that `keeps` refuses. */
const keeping = (keeps: (path: string) => boolean): Rewriting => ({
  primitive: kept,
  chain(layer, path) {
    const children = Object.entries(layer.children).filter(([name]) => keeps(path ? `${path}/${name}` : name));
    return { ...layer, children: Object.fromEntries(children) };
  },
  concat: kept,
  tap: kept,
});

/** What gives another map in each step although its input is the same; auxiliary heads, whose maps go nowhere, do not count. */
function looseLayers(network: Layer, isFrozen: (path: string) => boolean): string[] {
  const loose: string[] = [];
  const taps: string[] = [];
  fold<void>(network, undefined, {
    primitive(layer, _input, path) {
      const drops = layer.type === "dropout" && layer.rate > 0;
      if (drops || (hasVariables(layer) && !isFrozen(path))) loose.push(path);
    },
    concat() {},
    tap: (_output, path) => void taps.push(path),
  });
  return loose.filter((path) => !taps.some((tap) => isWithin(path, tap)));
}

/** The first parts of the chain, and of the chain that comes next in it, above which the first loose layer lies. */
function fixedFrom(layer: Layer, loose: readonly string[], path = ""): string[] {
  if (layer.type !== "chain") return [];
  const fixed: string[] = [];
  for (const [name, child] of Object.entries(layer.children)) {
    const at = path ? `${path}/${name}` : name;
    if (loose.some((one) => isWithin(one, at))) return [...fixed, ...fixedFrom(child, loose, at)];
    fixed.push(at);
  }
  return fixed;
}
