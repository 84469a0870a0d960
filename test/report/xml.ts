// A strict reader of the XML that drawings are made of: throws where tags, attributes or characters are not well-formed.

export interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
  readonly children: Element[];
  text: string;
}

const tag = /<(\/?)([a-zA-Z][\w-]*)((?:\s+[\w:-]+="[^"<&]*(?:&#\d+;[^"<&]*)*")*)\s*(\/?)>/y;
const words = /(?:[^<&]|&#\d+;)+/y;

export function parseXml(source: string): Element {
  if (/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/u.test(source))
    throw new Error("a character XML forbids");
  const root: Element = { name: "", attributes: {}, children: [], text: "" };
  const open = [root];
  for (let at = 0; at < source.length; ) {
    words.lastIndex = at;
    tag.lastIndex = at;
    const [plain] = words.exec(source) ?? [];
    const found = plain === undefined ? tag.exec(source) : null;
    if (plain !== undefined) open.at(-1)!.text += decoded(plain);
    else if (found === null) throw new Error(`not well-formed at ${at}: ${source.slice(at, at + 60)}`);
    else read(found, open);
    at += (plain ?? found![0]).length;
  }
  if (open.length !== 1 || root.children.length !== 1 || root.text.trim() !== "")
    throw new Error("not one whole element");
  return root.children[0]!;
}

function read([, end, name, written, alone]: RegExpExecArray, open: Element[]): void {
  if (end) {
    if (open.pop()!.name !== name) throw new Error(`</${name}> closes another element`);
    return;
  }
  const pairs = [...written!.matchAll(/([\w:-]+)="([^"]*)"/g)].map(
    ([, key, value]) => [key!, decoded(value!)] as const,
  );
  if (new Set(pairs.map(([key]) => key)).size < pairs.length) throw new Error(`<${name}> has an attribute twice`);
  const element = { name: name!, attributes: Object.fromEntries(pairs), children: [], text: "" };
  open.at(-1)!.children.push(element);
  if (!alone) open.push(element);
}

const decoded = (text: string): string =>
  text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

/** All elements of a name, wherever they stand. */
export const all = (element: Element, name: string): Element[] => [
  ...(element.name === name ? [element] : []),
  ...element.children.flatMap((child) => all(child, name)),
];

export const wordsOf = (element: Element): string[] => all(element, "text").map(({ text }) => text);
