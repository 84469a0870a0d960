// The text of an experiment as a YAML (or JSON) document with positions, and what no such document may contain.
import { type Document, isAlias, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** Something refused, with its offset in the text where it has one. */
export type Refusal = { readonly path: readonly string[]; readonly message: string; readonly offset?: number };

export type Source = { readonly document: Document; readonly lines: LineCounter; readonly refused: readonly Refusal[] };

export const largestSource = 1024 * 1024;
const deepest = 64;
const parserLimit = 1000;
const forbiddenKeys = new Set(["__proto__", "constructor", "prototype", "<<"]);

/** Parses one document; `refused` lists syntax errors, unknown tags, aliases, forbidden or repeated keys, deep nesting. */
export function readSource(text: string): Source {
  const lines = new LineCounter();
  const parse = (yaml: string) =>
    parseDocument(yaml, { lineCounter: lines, prettyErrors: false, logLevel: "error", uniqueKeys: false }) as Document;
  if (Buffer.byteLength(text) > largestSource) return { document: parse(""), lines, refused: [tooLarge] };
  if (bracketDepth(text) > parserLimit) return { document: parse(""), lines, refused: [tooDeep([])] };
  const document = parse(text);
  const [syntax] = [...document.errors, ...document.warnings];
  if (!syntax) return { document, lines, refused: refuse(document.contents, []) };
  if (/call stack/.test(syntax.message)) return { document, lines, refused: [tooDeep([])] };
  return { document, lines, refused: [{ path: [], message: syntax.message, offset: syntax.pos[0] }] };
}

const tooLarge: Refusal = { path: [], message: "expected at most 1 MiB of text, got more" };
const tooDeep = (path: readonly string[]): Refusal => ({
  path: path.slice(0, 3),
  message: `expected at most ${deepest} levels of nesting, got more`,
});

/** An upper bound (it counts brackets in comments too), so that the parser is never sent what would take it seconds. */
function bracketDepth(text: string): number {
  let depth = 0;
  let largest = 0;
  for (const character of text) {
    if (character === "[" || character === "{") largest = Math.max(largest, ++depth);
    if (character === "]" || character === "}") depth = Math.max(0, depth - 1);
  }
  return largest;
}

export const isForbidden = (key: string): boolean => forbiddenKeys.has(key);

function refuse(node: unknown, path: readonly string[]): Refusal[] {
  if (path.length > deepest) return [tooDeep(path)];
  if (isAlias(node)) return [{ path, message: "expected a value, got an alias (*); write the value out", ...at(node) }];
  if (isSeq(node)) return node.items.flatMap((item, i) => refuse(item, [...path, `${i}`]));
  if (!isMap(node)) return [];
  const seen = new Set<string>();
  return node.items.flatMap(({ key, value }) => {
    if (!isScalar(key) || typeof key.value !== "string")
      return [{ path, message: "expected every key to be a word", ...at(key) }];
    const below = [...path, key.value];
    if (isForbidden(key.value)) return [{ path: below, message: "this key is refused", ...at(key) }];
    if (seen.has(key.value)) return [{ path: below, message: "this key comes twice", ...at(key) }];
    seen.add(key.value);
    return refuse(value, below);
  });
}

const at = (node: unknown): { offset?: number } => {
  const range = (node as Node | null)?.range;
  return range ? { offset: range[0] } : {};
};
