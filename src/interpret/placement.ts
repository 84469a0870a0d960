// Where the boxes of a drawing lie: stages from top to bottom, branches side by side, an auxiliary head to the right; in columns, for a page.
import type { Box, Drawing } from "./drawing.ts";
import { groupBy } from "./group.ts";

export const box = { width: 150, height: 44 } as const;
export const gap = { x: 16, y: 26, stage: 42, column: 56 } as const;
/** Around a stage's boxes. */
const padding = 8;

type Position = Box & { readonly x: number; readonly y: number };
/** A box with its upper left corner and the number of its column. */
export type Placed = Position & { readonly column: number };
/** A stage: its edges, and how wide its name is, which stands beside it on the side where no line passes. */
export type Frame = {
  readonly stage: string;
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
  readonly column: number;
  readonly auxiliary: boolean;
};
/** Where the line from one column to the next one turns. */
export type Turn = { readonly x: number; readonly top: number; readonly bottom: number; readonly entry: number };

export interface Placement {
  readonly boxes: readonly Placed[];
  readonly frames: readonly Frame[];
  /** Before each column but the first. */
  readonly turns: readonly Turn[];
}

/** Width over height of an upright page. */
const page = 1 / Math.SQRT2;

/** In as many columns as bring it nearest to the form of a page. */
export function place(drawing: Drawing): Placement {
  const boxes = inOneColumn(drawing);
  const frames = framesOf(boxes.map((one) => ({ ...one, column: 0 })));
  const [width, height] = [
    extent(frames, leftOf, rightOf),
    extent(
      frames,
      ({ top }) => top,
      ({ bottom }) => bottom,
    ),
  ];
  // In k columns it is about k times as wide, and a k-th as high.
  const strangeness = (count: number): number => Math.abs(Math.log((count ** 2 * width) / height / page));
  const count = [1, 2, 3, 4, 5, 6].reduce((best, one) => (strangeness(one) < strangeness(best) ? one : best));
  const columnOf = columnsOf(frames, drawing, count);
  const shifts = shiftsOf(frames, columnOf);
  const placed = boxes.map((one): Placed => {
    const column = columnOf.get(one.stage)!;
    const { across, up } = shifts[column]!;
    return { ...one, column, x: one.x + across, y: one.y - up };
  });
  const moved = framesOf(placed);
  const turns = shifts.slice(1).map(({ across, gutter }, before): Turn => {
    const bottoms = moved.filter(({ column }) => column === before).map((frame) => frame.bottom);
    return { x: gutter, top: padding, bottom: Math.max(...bottoms) + 2 * padding, entry: across };
  });
  return { boxes: placed, frames: moved, turns };
}

export const nameWidth = (stage: string): number => stage.length * 7 + 10;
const leftOf = ({ left, stage, auxiliary }: Frame): number => left - (auxiliary ? 0 : nameWidth(stage));
const rightOf = ({ right, stage, auxiliary }: Frame): number => right + (auxiliary ? nameWidth(stage) : 0);
const extent = (frames: readonly Frame[], from: (frame: Frame) => number, to: (frame: Frame) => number): number =>
  Math.max(...frames.map(to)) - Math.min(...frames.map(from));

/** The column of each stage, of about the same height; an auxiliary head stays in that of what it reads. */
function columnsOf(frames: readonly Frame[], { boxes, arrows }: Drawing, count: number): Map<string, number> {
  const stageOf = new Map(boxes.map(({ path, stage }) => [path, stage]));
  const end = Math.max(...frames.map(({ bottom }) => bottom));
  const columns = new Map<string, number>();
  for (const { stage, top, bottom, auxiliary } of frames) {
    const read = arrows.find(({ from, to }) => stageOf.get(to) === stage && stageOf.get(from) !== stage);
    const middle = Math.min(count - 1, Math.floor((((top + bottom) / 2) * count) / end));
    columns.set(stage, auxiliary && read ? columns.get(stageOf.get(read.from)!)! : middle);
  }
  const numbers = [...new Set(columns.values())].sort((a, b) => a - b);
  return new Map([...columns].map(([stage, column]) => [stage, numbers.indexOf(column)]));
}

type Shift = { readonly across: number; readonly up: number; readonly gutter: number };

/** How far each column moves to the right, and up; `gutter` is a place before it where no box and no name is. */
function shiftsOf(frames: readonly Frame[], columnOf: ReadonlyMap<string, number>): Shift[] {
  const columns = Array.from({ length: Math.max(...columnOf.values()) + 1 }, (_, column) =>
    frames.filter(({ stage }) => columnOf.get(stage) === column),
  );
  let right = 0;
  return columns.map((members, index): Shift => {
    const across = right + (index === 0 ? 0 : gap.column) - Math.min(...members.map(leftOf));
    const gutter = right + gap.column / 2;
    right = across + Math.max(...members.map(rightOf));
    return { across, up: Math.min(...members.map(({ top }) => top)) - gap.stage, gutter };
  });
}

const framesOf = (placed: readonly Placed[]): Frame[] =>
  [...groupBy(placed, ({ stage }) => stage)].map(([stage, members]) => ({
    stage,
    left: Math.min(...members.map((one) => one.x)) - padding,
    top: Math.min(...members.map((one) => one.y)) - padding,
    right: Math.max(...members.map((one) => one.x)) + box.width + padding,
    bottom: Math.max(...members.map((one) => one.y)) + box.height + padding,
    column: members[0]!.column,
    auxiliary: members[0]!.auxiliary,
  }));

/** Rows by the longest way from the stage's entry, columns by branch. */
function inOneColumn({ boxes, arrows }: Drawing): Position[] {
  const stages = [...groupBy(boxes, ({ stage }) => stage).values()];
  const sources = groupBy(arrows, ({ to }) => to);
  const bottoms = new Map<string, number>();
  const right = Math.max(...stages.map((members) => lanesOf(members).width)) / 2 + gap.x * 3;
  let bottom = -gap.stage;
  return stages.flatMap((members) => {
    const auxiliary = members[0]!.auxiliary;
    const entries = (sources.get(members[0]!.path) ?? []).map(({ from }) => bottoms.get(from) ?? bottom);
    const top = (auxiliary ? Math.max(...entries) : bottom) + gap.stage;
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
