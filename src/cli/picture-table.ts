// Rows about pictures: a table, or where a line has no room for it each picture's name above its rows.
import { formatTable, lineWidth, wrap } from "./print.ts";

export interface PictureRows {
  readonly image: string;
  /** The first cell of each is a class. */
  readonly rows: readonly (readonly string[])[];
}

/** `header` is of the rows. No line is longer than 80 characters but for a word that alone is. */
export function pictureTable(header: readonly string[], pictures: readonly PictureRows[]): string {
  const whole = formatTable(
    ["image", ...header],
    pictures.flatMap(({ image, rows }) => rows.map((row, i) => [i === 0 ? image : "", ...row])),
  );
  return fits(whole) ? whole : below(header, pictures);
}

const indent = "  ";
const leastForClass = 16;

function below(header: readonly string[], pictures: readonly PictureRows[]): string {
  const all = [header, ...pictures.flatMap(({ rows }) => rows)];
  const beside = header.slice(1).map((_, i) => Math.max(...all.map((row) => row[i + 1]!.length)) + 2);
  const room = Math.max(leastForClass, lineWidth - indent.length - beside.reduce((sum, width) => sum + width, 0));
  const names = pictures.map(({ rows }) => rows.flatMap(([name = "", ...figures]) => broken(name, figures, room)));
  const [head, rule, ...lines] = formatTable(header, names.flat()).split("\n").map(indented);
  const blocks = pictures.map(({ image }, i) => [image, ...lines.splice(0, names[i]!.length)]);
  return [head, rule, ...blocks.flat()].join("\n");
}

/** A long name goes on below itself. */
const broken = (name: string, figures: readonly string[], room: number): string[][] =>
  wrap(name, room).map((part, i) => [part, ...(i === 0 ? figures : figures.map(() => ""))]);

const indented = (line: string): string => `${indent}${line}`.trimEnd();
const fits = (table: string): boolean => table.split("\n").every((line) => line.length <= lineWidth);
