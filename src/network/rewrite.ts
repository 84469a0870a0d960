// The only code that rebuilds a tree. Every other form of a network is a Rewriting run by this function.
import type { Children, Layer, Primitive } from "./layer.ts";

type Of<Type extends Layer["type"]> = Extract<Layer, { readonly type: Type }>;

/** What takes the place of each kind of layer, given with its parts rewritten and its path in the tree that is read. */
export interface Rewriting {
  primitive(layer: Primitive, path: string): Layer;
  chain(layer: Of<"chain">, path: string): Layer;
  concat(layer: Of<"concat">, path: string): Layer;
  tap(layer: Of<"tap">, path: string): Layer;
}

/** For the kinds that a rewriting leaves as they are. */
export const kept = (layer: Layer): Layer => layer;

/** Bottom-up: a layer after its parts. Gives the same object where nothing changes. */
export function rewrite(layer: Layer, rewriting: Rewriting, path = ""): Layer {
  const below = (name: string) => (path ? `${path}/${name}` : name);
  const withParts = <Join extends { readonly children: Children }>(join: Join): Join => {
    const children = rewriteAll(join.children, rewriting, below);
    return children === join.children ? join : { ...join, children };
  };
  switch (layer.type) {
    case "chain":
      return rewriting.chain(withParts(layer), path);
    case "concat":
      return rewriting.concat(withParts(layer), path);
    case "tap": {
      const head = rewrite(layer.head, rewriting, path);
      return rewriting.tap(head === layer.head ? layer : { ...layer, head }, path);
    }
    default:
      return rewriting.primitive(layer, path);
  }
}

function rewriteAll(children: Children, rewriting: Rewriting, below: (name: string) => string): Children {
  const entries = Object.entries(children).map(
    ([name, child]) => [name, rewrite(child, rewriting, below(name))] as const,
  );
  return entries.every(([name, child]) => child === children[name]) ? children : Object.fromEntries(entries);
}
