// A drawing as an SVG: stages from top to bottom, branches side by side, the auxiliary head to the right.
import type { Box, Drawing } from "./drawing.ts";
import { groupBy } from "./group.ts";

const box = { width: 150, height: 44 } as const;
const gap = { x: 16, y: 26, stage: 34 } as const;
const margin = 24;
const heading = 18;

type Placed = Box & { readonly x: number; readonly y: number };

export function toSvg(drawing: Drawing, title: string): string {
  const placed = place(drawing);
  const frames = framesOf(placed);
  const at = new Map(placed.map((one) => [one.path, one]));
  const left = Math.min(...frames.map(({ x }) => x)) - margin;
  const width = Math.max(...frames.map(({ right }) => right)) + margin - left;
  const height = Math.max(...frames.map(({ bottom }) => bottom)) + margin;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="${left} 0 ${width} ${height}" width="${width}" height="${height}" role="img" font-family="system-ui, sans-serif" font-size="11" text-anchor="middle">`,
    `<title>${escapeXml(title)}</title>`,
    `<rect x="${left}" width="${width}" height="${height}" fill="#ffffff"/>`,
    ...frames.map(drawFrame),
    ...drawing.arrows.map(({ from, to }) => arrow(at.get(from)!, at.get(to)!)),
    ...frames.map(drawHeading),
    ...placed.map(drawBox),
    "</svg>",
    "",
  ].join("\n");
}

/** Rows by the longest way from the stage's entry, columns by branch. */
function place({ boxes, arrows }: Drawing): Placed[] {
  const stages = [...groupBy(boxes, ({ stage }) => stage).values()];
  const sources = groupBy(arrows, ({ to }) => to);
  const bottoms = new Map<string, number>();
  const right = Math.max(...stages.map((members) => lanesOf(members).width)) / 2 + gap.x * 3;
  let bottom = margin - gap.stage;
  return stages.flatMap((members) => {
    const auxiliary = members[0]!.auxiliary;
    const entries = (sources.get(members[0]!.path) ?? []).map(({ from }) => bottoms.get(from) ?? bottom);
    const top = (auxiliary ? Math.max(...entries) : bottom) + gap.stage + heading;
    const lanes = lanesOf(members);
    const rows = rowsOf(members, sources);
    const placed = members.map((member) => ({
      ...member,
      x: lanes.centre(member.lane) - box.width / 2 + (auxiliary ? right + box.width / 2 : 0),
      y: top + rows.get(member.path)! * (box.height + gap.y),
    }));
    const end = Math.max(...placed.map(({ y }) => y)) + box.height;
    for (const { path, y } of placed) bottoms.set(path, y + box.height);
    if (!auxiliary) bottom = end;
    return placed;
  });
}

function rowsOf(
  members: readonly Box[],
  sources: ReadonlyMap<string, readonly { readonly from: string }[]>,
): Map<string, number> {
  const rows = new Map<string, number>();
  for (const { path } of members)
    rows.set(path, Math.max(-1, ...(sources.get(path) ?? []).map(({ from }) => rows.get(from) ?? -1)) + 1);
  return rows;
}

/** Where the branches of one stage lie; a branch that splits stands over the middle of its parts. */
function lanesOf(members: readonly Box[]): { width: number; centre: (lane: string) => number } {
  const lanes = [...new Set(members.map(({ lane }) => lane))].filter((lane) => lane !== "");
  const leaves = lanes.filter((lane) => !lanes.some((other) => other.startsWith(`${lane}/`)));
  const pitch = box.width + gap.x;
  const centreOfLeaf = (index: number): number => (index - (leaves.length - 1) / 2) * pitch;
  return {
    width: Math.max(1, leaves.length) * pitch,
    centre(lane) {
      if (lane === "") return 0;
      const own = leaves.flatMap((leaf, index) =>
        leaf === lane || leaf.startsWith(`${lane}/`) ? [centreOfLeaf(index)] : [],
      );
      return own.reduce((sum, x) => sum + x, 0) / own.length;
    },
  };
}

type Frame = {
  readonly stage: string;
  readonly x: number;
  readonly y: number;
  readonly right: number;
  readonly bottom: number;
};

const framesOf = (placed: readonly Placed[]): Frame[] =>
  [...groupBy(placed, ({ stage }) => stage)].map(([stage, members]) => ({
    stage,
    x: Math.min(...members.map((one) => one.x)) - gap.x / 2,
    y: Math.min(...members.map((one) => one.y)) - heading,
    right: Math.max(...members.map((one) => one.x)) + box.width + gap.x / 2,
    bottom: Math.max(...members.map((one) => one.y)) + box.height + gap.x / 2,
  }));

const drawFrame = ({ x, y, right, bottom }: Frame): string =>
  `<rect x="${x}" y="${y}" width="${right - x}" height="${bottom - y}" rx="6" fill="#f4f6f8" stroke="#c5ccd3"/>`;

/** Over the arrows, with a halo. */
const drawHeading = ({ stage, x, y }: Frame): string =>
  `<text x="${x + 8}" y="${y + 13}" text-anchor="start" fill="#46505a" stroke="#f4f6f8" stroke-width="4" paint-order="stroke">${escapeXml(stage)}</text>`;

/** Straight down its own lane, then over to the target in the gap above it. */
function arrow(from: Placed, to: Placed): string {
  const [x1, y1] = [from.x + box.width / 2, from.y + box.height];
  const [x2, y2] = [to.x + box.width / 2, to.y];
  const turn = Math.max(y1, y2 - (from.stage === to.stage ? gap.y : gap.stage));
  const middle = (turn + y2) / 2;
  return `<path d="M${x1} ${y1}V${turn}C${x1} ${middle} ${x2} ${middle} ${x2} ${y2}" fill="none" stroke="#7a8691"/>`;
}

function drawBox({ x, y, words, output: { height, width, channels } }: Placed): string {
  const [first = "", ...rest] = words;
  const middle = x + box.width / 2;
  const line = (offset: number, text: string, color: string) =>
    `<text x="${middle}" y="${y + offset}" fill="${color}">${escapeXml(text)}</text>`;
  return [
    `<g><rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" rx="4" fill="${fill(first)}" stroke="#5b6670"/>`,
    line(13, first, "#111820"),
    line(26, rest.join(", "), "#46505a"),
    line(39, `${height} x ${width} x ${channels}`, "#46505a"),
    "</g>",
  ].join("");
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
