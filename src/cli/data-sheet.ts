// What `inception data check` found, on one sheet: copies side by side, what cannot be read, the smallest and the largest.
import { basename } from "node:path";
import { openItem, preparePicture } from "../images/prepare.ts";
import type { Item, Listing } from "../images/sources/source.ts";
import type { DataReport } from "./data-checking.ts";
import { worstFirst } from "./data-report.ts";
import { picturesBar } from "./progress.ts";
import { smallSheet } from "./small-sheet.ts";

const cell = 160;
const columns = 6;
/** Pairs and unreadable pictures that are drawn at most. */
const most = { pairs: 45, unreadable: 18 };

/** A picture, or an empty place, and the lines below it. */
type Cell = { readonly item?: Item; readonly lines: readonly string[] };

/** The PNG file. Each kind begins in a row of its own; of more than two copies the first two are drawn. */
export async function drawFindings(report: DataReport, listings: readonly Listing[]): Promise<Uint8Array> {
  const cells = [
    ...rowsOf(pairsOf(report, listings)),
    ...rowsOf(unreadableOf(report)),
    ...(await extremesOf(report, listings)).flatMap(rowsOf),
  ];
  const bytes = cell * cell * 3;
  const images = new Uint8Array(cells.length * bytes).fill(255);
  for (const [at, { item, lines }] of cells.entries()) {
    const place = images.subarray(at * bytes, (at + 1) * bytes);
    if (item) place.set(await preparePicture(item, cell, whole));
    else if (lines.length > 0) place.fill(200);
  }
  const labels = cells.map(({ lines }) => lines.join("\n"));
  return (await smallSheet({ images, count: cells.length, size: cell, columns, labels })).png;
}

const whole = {
  preset: "torchvision",
  choice: { fit: { name: "letterbox", fill: [230, 230, 230] } },
  jpegReduction: "auto",
} as const;

/** With empty places to the end of the last row. */
const rowsOf = (cells: readonly Cell[]): Cell[] => [
  ...cells,
  ...Array.from({ length: (columns - (cells.length % columns)) % columns }, (): Cell => ({ lines: [] })),
];

function pairsOf({ sources, same, near }: DataReport, listings: readonly Listing[]): Cell[] {
  const items = new Map(
    listings.flatMap((listing, i) =>
      listing.items.map((item) => [`${sources[i]!.source}\n${item.name}`, item] as const),
    ),
  );
  const cellsOf = (word: string, groups: DataReport["same"]): Cell[][] =>
    worstFirst(groups).map((group, number) =>
      group.slice(0, 2).map(({ source, name, class: label, heldOut }) => ({
        item: items.get(`${source}\n${name}`)!,
        lines: [`${word} ${number + 1}${heldOut ? " HELD OUT" : ""}`, label, basename(name)],
      })),
    );
  return [...cellsOf("same", same), ...cellsOf("near", near)].slice(0, most.pairs).flat();
}

const unreadableOf = ({ sources }: DataReport): Cell[] =>
  sources
    .flatMap(({ unreadable }) => unreadable)
    .slice(0, most.unreadable)
    .map(({ name }) => ({ lines: ["unreadable", name.split("/").slice(0, -1).join("/"), basename(name)] }));

/** A row of the smallest and one of the largest, by their pixels. */
async function extremesOf({ sources }: DataReport, listings: readonly Listing[]): Promise<Cell[][]> {
  const all = listings.flatMap(({ items, classes }, i) => {
    const unreadable = new Set(sources[i]!.unreadable.map(({ name }) => name));
    return items.filter(({ name }) => !unreadable.has(name)).map((item) => ({ item, label: classes[item.label]! }));
  });
  const bar = picturesBar("sizes", all.length);
  const sized: { item: Item; label: string; width: number; height: number }[] = [];
  try {
    for (const [at, { item, label }] of all.entries()) {
      const { width, height } = await openItem(item);
      sized.push({ item, label, width, height });
      bar.update(at + 1);
    }
  } finally {
    bar.stop();
  }
  sized.sort((a, b) => a.width * a.height - b.width * b.height);
  const cellsOf = (word: string, some: typeof sized): Cell[] =>
    some.map(({ item, label, width, height }) => ({
      item,
      lines: [`${word} ${width}x${height}`, label, basename(item.name)],
    }));
  return [cellsOf("small", sized.slice(0, columns)), cellsOf("large", sized.slice(-columns).reverse())];
}
