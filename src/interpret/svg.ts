// A drawing as an SVG. Nothing in it but shapes and text, so that every program that draws SVG shows the same.
import type { Drawing } from "./drawing.ts";
import { box, type Frame, gap, nameWidth, type Placed, type Placement, place } from "./placement.ts";

const margin = 24;
const ink = { line: "#7a8691", name: "#46505a", frame: "#c5ccd3" } as const;
const head = { width: 7, height: 6 } as const;

export function toSvg(drawing: Drawing, title: string): string {
  const { boxes, frames, turns } = place(drawing);
  const at = new Map(boxes.map((one) => [one.path, one]));
  const arrows = drawing.arrows.map(({ from, to }) => ({ from: at.get(from)!, to: at.get(to)! }));
  const targets = [...new Set(arrows.map(({ to }) => to))];
  const left = Math.min(...frames.map((frame) => frame.left - (frame.auxiliary ? 0 : nameWidth(frame.stage)))) - margin;
  const right =
    Math.max(...frames.map((frame) => frame.right + (frame.auxiliary ? nameWidth(frame.stage) : 0))) + margin;
  const bottom = Math.max(...frames.map((frame) => frame.bottom), ...turns.map((turn) => turn.bottom)) + margin;
  const [width, height] = [right - left, bottom + margin];
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} ${-margin} ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="11" text-anchor="middle">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect x="${left}" y="${-margin}" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...frames.map(drawFrame),
    ...arrows.map((arrow) => drawArrow(arrow, turns)),
    ...targets.map(drawHead),
    ...frames.map(drawName),
    ...boxes.map(drawBox),
    "</svg>",
    "",
  ].join("\n");
}

const drawFrame = ({ left, top, right, bottom }: Frame): string =>
  `<rect x="${left}" y="${top}" width="${right - left}" height="${bottom - top}" rx="6" fill="#f4f6f8" stroke="${ink.frame}"/>`;

/** Beside the frame, where no line passes: before it, and behind that of an auxiliary head. */
const drawName = ({ stage, left, top, right, auxiliary }: Frame): string =>
  `<text x="${auxiliary ? right + 6 : left - 6}" y="${top + 13}" text-anchor="${auxiliary ? "start" : "end"}" fill="${ink.name}">${escapeXml(stage)}</text>`;

type Arrow = { readonly from: Placed; readonly to: Placed };

/** Straight down its own lane, then over to the target in the gap above it; into another column by way of the gutter before it. */
function drawArrow({ from, to }: Arrow, turns: Placement["turns"]): string {
  const [x1, y1] = [from.x + box.width / 2, from.y + box.height];
  const [x2, y2] = [to.x + box.width / 2, to.y - head.height + 1];
  const turn = turns[to.column - 1];
  if (from.column !== to.column && turn) {
    const { x, top, bottom, entry } = turn;
    return line(`M${x1} ${y1}V${bottom}H${x}V${top}H${entry}V${top + 8}${over(entry, top + 8, x2, y2)}`);
  }
  const down = Math.max(y1, y2 - (from.stage === to.stage ? gap.y : gap.stage) + head.height);
  return line(`M${x1} ${y1}V${down}${over(x1, down, x2, y2)}`);
}

const over = (x1: number, y1: number, x2: number, y2: number): string => {
  const middle = (y1 + y2) / 2;
  return `C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}`;
};
const line = (path: string): string => `<path d="${path}" fill="none" stroke="${ink.line}"/>`;

function drawHead({ x, y }: Placed): string {
  const [middle, half] = [x + box.width / 2, head.width / 2];
  return `<path d="M${middle - half} ${y - head.height}L${middle + half} ${y - head.height}L${middle} ${y}Z" fill="${ink.line}"/>`;
}

function drawBox({ x, y, words, output: { height, width, channels } }: Placed): string {
  const [first = "", ...rest] = words;
  const middle = x + box.width / 2;
  const line = (offset: number, text: string, color: string) =>
    `<text x="${middle}" y="${y + offset}"${smaller(text)} fill="${color}">${escapeXml(text)}</text>`;
  return [
    `<g><rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="4" fill="${fill(first)}" stroke="#5b6670"/>`,
    line(13, first, "#111820"),
    line(26, rest.join(", "), "#46505a"),
    line(39, `${height} x ${width} x ${channels}`, "#46505a"),
    "</g>",
  ].join("");
}

/** About as wide as a letter is, in its size. */
const letterWidth = 0.56;

/** Words that are wider than their box are drawn smaller. */
function smaller(text: string): string {
  const size = (box.width - 8) / (letterWidth * text.length);
  return size < 11 ? ` font-size="${size.toFixed(1)}"` : "";
}

// Okabe and Ito's palette, lightened; the words in the boxes say the same without colour.
const fills: readonly (readonly [start: string, color: string])[] = [
  ["conv", "#d6ebf7"],
  ["depthwise", "#d6ebf7"],
  ["max pool", "#fbe3c4"],
  ["average", "#fbf3c4"],
  ["dense", "#cdeee3"],
  ["concat", "#f1dbe8"],
];
const fill = (word: string): string =>
  fills.find(([start]) => word === start || word.startsWith(`${start} `))?.[1] ?? "#ffffff";

export const escapeXml = (text: string): string =>
  text.replace(/[<>&"']/g, (character) => `&#${character.codePointAt(0)};`);
