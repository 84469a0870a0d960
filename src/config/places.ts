// Where in the file a key stands, or that a --set gave it.
import { type Document, isMap, isNode, isScalar } from "yaml";
import { dotted } from "./problem.ts";
import type { Source } from "./source.ts";

/** `text` is `file:line:column`, or `--set`; `offset` orders places as they are read. */
export type Place = { readonly text: string; readonly offset: number };

export type Places = {
  at(offset: number | undefined): Place;
  /** `key`: the key itself rather than its value. */
  of(path: readonly PropertyKey[], key?: boolean): Place;
};

/** Places in `file`; `sets` are the settings that are, or will be, written into its document. */
export function placesIn({ document, lines }: Source, file: string, sets: readonly string[]): Places {
  const names = sets.map((set) => set.split("=", 1)[0]!.trim());
  const at = (offset: number | undefined): Place => {
    if (offset === undefined) return { text: file, offset: -1 };
    const { line, col } = lines.linePos(offset);
    return { text: `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`, offset };
  };
  const of = (path: readonly PropertyKey[], key = false): Place => {
    const name = dotted(path);
    const set = names.some((set) => `${name}.`.startsWith(`${set}.`) || (key && set.startsWith(`${name}.`)));
    return set ? { text: "--set", offset: Number.POSITIVE_INFINITY } : at(offsetOf(document, path, key));
  };
  return { at, of };
}

/** Offset of the value at a path (or of its key), else of the nearest section above it. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: boolean): number | undefined {
  if (path.length === 0) return document.contents?.range?.[0];
  const parent = document.getIn(path.slice(0, -1), true);
  const last = String(path.at(-1));
  const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === last) : undefined;
  const inMap = pair && (key || !isNode(pair.value) ? pair.key : pair.value);
  const node = inMap ?? (isMap(parent) ? undefined : document.getIn(path, true));
  const range = isNode(node) ? node.range : undefined;
  return range ? range[0] : offsetOf(document, path.slice(0, -1), true);
}
