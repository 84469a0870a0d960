// Lists with several right labels for a picture, such as ReaL's for ImageNet (Beyer et al. 2020, arXiv 2006.07159).
import { extname } from "node:path";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { parseCsv } from "../images/sources/csv.ts";
import { type RightLabelFigures, rightLabelFigures } from "../statistics/right-labels.ts";
import type { Scores } from "../statistics/scores.ts";
import { readText } from "../text-file.ts";
import { namesOf } from "./picture-lists.ts";

export interface RightLabels {
  readonly file: string;
  /** Of the picture of this name, as numbers or names of classes; undefined where it is not listed. */
  readonly of: (name: string) => readonly (string | number)[] | undefined;
}

/**
 * By its extension: `.json`, the published form, an array with an array of class indices for each picture, of which number N is
 * ILSVRC2012_val_0000000N; `.csv` with the header path,label and a line for each right label of a picture; `.jsonl` with
 * {"path": ..., "labels": [...]} on each line. A picture is known by its path within the set or by its file name. Throws UserError("data").
 */
export function readRightLabels(file: string): RightLabels {
  const extension = extname(file).toLowerCase();
  if (!(extension in forms))
    throw new UserError("usage", `--real ${file}: expected a .json, .csv or .jsonl file, got "${extension}"`);
  return { file, of: forms[extension as keyof typeof forms](readText(file), file) };
}

/** The indices of each picture's right classes. Throws UserError("data") for a class that is none, and where no picture has a right label. */
export function rightClasses(
  { file, of }: RightLabels,
  { names, classes }: Pick<Scores, "names" | "classes">,
): (readonly number[] | undefined)[] {
  const places = new Map(classes.map((name, i) => [name, i]));
  const indexOf = (label: string | number, name: string): number => {
    const index = typeof label === "number" ? label : places.get(label);
    if (index !== undefined && index < classes.length) return index;
    const known =
      typeof label === "number" ? `an index below ${classes.length}` : `one of the model's ${classes.length}`;
    throw new UserError("data", `${file}: ${name} has the class ${JSON.stringify(label)}, expected ${known}`);
  };
  const right = names.map((name) => {
    const labels = of(name);
    return labels && [...new Set(labels.map((label) => indexOf(label, name)))];
  });
  if (right.some((labels) => labels !== undefined && labels.length > 0)) return right;
  throw new UserError("data", `${file}: none of the ${names.length} pictures has a right label on this list`, {
    hint: "a .json list is for pictures named ILSVRC2012_val_00000001 and on, the others for those that they name",
  });
}

export type RealFigures = RightLabelFigures & { readonly file: string };

export const realFigures = (scores: Scores, right: RightLabels): RealFigures => ({
  file: right.file,
  ...rightLabelFigures(scores, rightClasses(right, scores)),
});

type Form = (text: string, file: string) => RightLabels["of"];

const published = z.array(z.array(z.int().min(0)));
const line = z.object({ path: z.string().min(1), labels: z.array(z.string().min(1)) });

const forms = {
  ".json": (text, file) => {
    const labels = parse(published, text, file);
    return (name) => {
      const number = /^ILSVRC2012_val_(\d{8})$/.exec(namesOf(name)[2])?.[1];
      return number === undefined ? undefined : labels[Number(number) - 1];
    };
  },
  ".csv": (text, file) => {
    const [header, ...rows] = parseCsv(text, file);
    const [path, label] = ["path", "label"].map((name) => header?.cells.indexOf(name) ?? -1) as [number, number];
    if (path < 0 || label < 0) throw new UserError("data", `${file}:1: expected a header with path and label`);
    return byName(
      rows.map(({ line: at, cells }) => {
        if (!cells[path]) throw new UserError("data", `${file}:${at}: expected a path`);
        return [cells[path], cells[label] ? [cells[label]] : []];
      }),
    );
  },
  ".jsonl": (text, file) =>
    byName(
      text.split("\n").flatMap((json, i) => {
        if (json.trim() === "") return [];
        const { path, labels } = parse(line, json, `${file}:${i + 1}`);
        return [[path, labels] as const];
      }),
    ),
} satisfies Record<string, Form>;

function byName(entries: readonly (readonly [path: string, labels: readonly string[]])[]): RightLabels["of"] {
  const known = new Map<string, string[]>();
  for (const [path, labels] of entries) known.set(path, [...(known.get(path) ?? []), ...labels]);
  return (name) => known.get(name) ?? known.get(namesOf(name)[1]);
}

/** `where` is named in the message. Throws UserError("data"). */
function parse<Schema extends z.ZodType>(schema: Schema, json: string, where: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(json));
  } catch (error) {
    const issue = error instanceof z.ZodError ? error.issues[0] : undefined;
    const problem = issue ? `${issue.path.join(".")}: ${issue.message}` : (error as Error).message;
    throw new UserError("data", `${where}: ${problem}`, {
      hint: "--real takes arrays of class indices (.json), path,label (.csv) or path and labels (.jsonl)",
    });
  }
}
