// `--set path=value`: writes a value into the document, which then passes through the same schema as a file.
import { type Document, isCollection, isMap, isSeq, type YAMLSeq } from "yaml";
import { dotted, type Origin, originOf, type Setting, textOf } from "./origins.ts";
import type { Problem } from "./problem.ts";
import { isForbidden, readSource } from "./source.ts";

/** Keys of which only one may be given: setting one takes the file's other away. */
export const instead: Readonly<Record<string, string>> = {
  "train.steps": "train.epochs",
  "train.epochs": "train.steps",
};

/** Applies the settings in order to `document`; returns what is wrong with them. */
export function override(document: Document, sets: readonly Setting[]): Problem[] {
  const parsed = sets.map((set) => parseSetting(textOf(set), originOf(set)));
  const settings = parsed.filter((setting) => "value" in setting);
  for (const { path } of settings) {
    const other = instead[path.join(".")];
    if (other !== undefined && isMap(document.getIn(["train"]))) document.deleteIn(other.split("."));
  }
  const clashes = settings.flatMap((setting) => write(document, setting));
  return [...parsed.filter((setting) => "message" in setting), ...clashes];
}

type Parsed = { readonly path: readonly string[]; readonly value: unknown; readonly origin: Origin };

function parseSetting(text: string, origin: Origin): Parsed | Problem {
  const equals = text.indexOf("=");
  const key = equals < 0 ? text : text.slice(0, equals).trim();
  const problem = (message: string, at = key): Problem => ({ origin, path: at, message });
  const path = key.split(".");
  if (equals < 0 || path.some((word) => word === "")) return problem("expected key=value, such as train.batch=16");
  if (path.some(isForbidden)) return problem("this key is refused");
  const value = text.slice(equals + 1);
  const { document, refused } = readSource(value);
  const [first] = refused;
  if (first && first.path.length > 0) return problem(first.message, dotted([...path, ...first.path]));
  if (first) return problem(`expected a YAML value, got ${JSON.stringify(value.slice(0, 60))} (${first.message})`);
  return { path, value: document.contents, origin };
}

/** The place after the last one is one, too. */
const isPlaceIn = ({ items }: YAMLSeq, word: string): boolean => /^\d+$/.test(word) && Number(word) <= items.length;

function write(document: Document, { path, value, origin }: Parsed): Problem[] {
  for (let depth = 0; depth < path.length; depth++) {
    const above = path.slice(0, depth);
    const node = depth === 0 ? document.contents : document.getIn(above, true);
    if (isSeq(node) && !isPlaceIn(node, path[depth]!))
      return [
        { origin, path: dotted(path), message: `expected 0 to ${node.items.length}, a place in ${dotted(above)}` },
      ];
    if (isCollection(node)) continue;
    const empty = node === undefined || node === null || (!isCollection(node) && document.getIn(above) === null);
    if (!empty) return [{ origin, path: dotted(path), message: `${dotted(above) || "the file"} is not a section` }];
    if (depth === 0) document.contents = document.createNode({});
    else document.setIn(above, document.createNode({}));
  }
  document.setIn(path, value);
  return [];
}
