// Where in the file a key stands, or that a --set gave it.
import { type Document, isMap, isNode, isScalar } from "yaml";
import type { Source } from "./source.ts";

/** `text` is `file:line:column`, or `--set`; `offset` orders origins as they are read. */
export type Origin = { readonly text: string; readonly offset: number };

/** `key=value`: from the command line, unless it says where it stands. */
export type Setting = string | { readonly text: string; readonly origin: Origin };

export const textOf = (setting: Setting): string => (typeof setting === "string" ? setting : setting.text);
export const originOf = (setting: Setting): Origin => (typeof setting === "string" ? commandLine : setting.origin);
const commandLine: Origin = { text: "--set", offset: Number.POSITIVE_INFINITY };

export const dotted = (path: readonly PropertyKey[]): string => path.map(String).join(".");

export type Origins = {
  at(offset: number | undefined): Origin;
  /** `key`: the key itself rather than its value. */
  of(path: readonly PropertyKey[], key?: boolean): Origin;
};

/** Origins in `file`; `sets` are the settings that are, or will be, written into its document. */
export function originsIn({ document, lines }: Source, file: string, sets: readonly Setting[]): Origins {
  const named = sets.map((set) => ({ name: textOf(set).split("=", 1)[0]!.trim(), origin: originOf(set) }));
  const at = (offset: number | undefined): Origin => {
    if (offset === undefined) return { text: file, offset: -1 };
    const { line, col } = lines.linePos(offset);
    return { text: `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`, offset };
  };
  const of = (path: readonly PropertyKey[], key = false): Origin => {
    const name = dotted(path);
    const set = named.findLast(
      (set) => `${name}.`.startsWith(`${set.name}.`) || (key && set.name.startsWith(`${name}.`)),
    );
    return set?.origin ?? at(offsetOf(document, path, key));
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
