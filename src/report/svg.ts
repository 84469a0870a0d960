// The words of an SVG drawing: elements, text, a page.

type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Attributes that are undefined are left out; numbers keep two decimals. */
export function element(name: string, attributes: Attributes, content?: string): string {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined)
    .map(([key, value]) => ` ${key}="${typeof value === "number" ? round(value) : escapeXml(value!)}"`)
    .join("");
  return content === undefined ? `<${name}${written}/>` : `<${name}${written}>${content}</${name}>`;
}

export const text = (x: number, y: number, words: string, attributes: Attributes = {}): string =>
  element("text", { x, y, ...attributes }, escapeXml(words));

/** A whole drawing on white paper, with its title for screen readers. */
export const page = (width: number, height: number, title: string, parts: readonly string[]): string =>
  [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${round(width)} ${round(height)}" width="${round(width)}" height="${round(height)}" role="img" font-family="system-ui, sans-serif" font-size="11" fill="${ink.dark}">`,
    `<title>${escapeXml(title)}</title>`,
    element("rect", { width, height, fill: "#ffffff" }),
    ...parts,
    "</svg>",
    "",
  ].join("\n");

export const ink = { dark: "#111820", plain: "#46505a", faint: "#d9dee3" } as const;

/** The palette of Okabe and Ito, told apart by every eye; black and yellow left out. */
export const lineColors = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"] as const;
/** From the seventh series on, lines repeat the colours in another dash. */
export const lineDashes = [undefined, "6 3", "2 3", "8 3 2 3"] as const;

/** At most `most` characters, the end cut off where there are more. */
export const shorten = (words: string, most: number): string =>
  [...words].length <= most ? words : `${[...words].slice(0, most - 1).join("")}…`;

/** About as wide as the words are drawn at this size, in pixels. */
export const widthOf = (words: string, size = 11): number => [...words].length * size * 0.62;

/** Characters that XML 1.0 has no way to write become the replacement character. */
export const escapeXml = (words: string): string =>
  words
    .replace(/[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[<>&"']/g, (character) => `&#${character.codePointAt(0)};`);

const round = (value: number): string => String(Number(value.toFixed(2)));
