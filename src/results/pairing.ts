// Two stored results, found and made sure to be about the same pictures, set against each other.
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { UserError } from "../errors.ts";
import { otherBytes, readSaved, type Saved, savedFiles } from "../evaluate/saved.ts";
import { type Comparison, compareScores, type JudgedPair } from "../statistics/comparison.ts";
import { compareGroups, type GroupedComparison } from "../statistics/grouped-comparison.ts";
import { subsetRule, withinClasses } from "../statistics/scores.ts";
import { type Groups, groupingOf } from "./groups.ts";

/**
 * The result that a folder of an evaluation holds, or the only one of a run. Throws UserError("data") when there is none or it is damaged,
 * UserError("usage") when the run has several.
 */
export function openResult(path: string): Saved {
  if (holdsResult(path)) return readSaved(path);
  const inside = join(path, "eval");
  const found = existsSync(inside) ? readdirSync(inside).filter((name) => holdsResult(join(inside, name))) : [];
  if (found.length > 1)
    throw new UserError(
      "usage",
      `${path} has ${found.length} stored results, expected one: ${found.sort().join(", ")}`,
      {
        hint: `name one, such as ${join(inside, found[0]!)}`,
      },
    );
  return readSaved(found.length === 1 ? join(inside, found[0]!) : path);
}

const holdsResult = (folder: string): boolean => existsSync(join(folder, savedFiles.index));

export interface ResultComparison extends Comparison {
  readonly groups?: { readonly file: string } & GroupedComparison;
  /** Within the classes of a set that has only some of the models'. */
  readonly subset?: { readonly classes: readonly string[]; readonly rule: string; readonly top1: JudgedPair };
}

/**
 * Throws UserError("usage") naming the first difference where the results are not over the same pictures and classes, ("data") where groups lack
 * a picture, or are one.
 */
export function compareResults(a: Saved, b: Saved, groups?: Groups): ResultComparison {
  requireSamePictures(a, b);
  if (a.names.length === 0) throw new UserError("data", `${a.path} holds no pictures to compare`);
  return {
    ...compareScores(a, b),
    ...(groups ? { groups: { file: groups.file, ...compareGroups(a, b, groupingOf(groups, a.names)) } } : {}),
    ...(a.subset ? { subset: compareWithin(a, b, a.subset) } : {}),
  };
}

function compareWithin(a: Saved, b: Saved, classes: readonly string[]): NonNullable<ResultComparison["subset"]> {
  const { top1 } = compareScores(withinClasses(a, classes), withinClasses(b, classes));
  return { classes, rule: subsetRule, top1 };
}

function requireSamePictures(a: Saved, b: Saved): void {
  const differ = (difference: string): never => {
    throw new UserError("usage", `${a.path} and ${b.path} are not over the same pictures: ${difference}`, {
      hint: "evaluate both models on the same --data, and compare again",
    });
  };
  const [before, after] = [a.classes, b.classes];
  if (before.length !== after.length) differ(`${before.length} classes and ${after.length}`);
  const classAt = before.findIndex((name, i) => name !== after[i]);
  if (classAt >= 0) differ(`class ${classAt + 1} is "${before[classAt]}" and "${after[classAt]}"`);
  if (a.listed !== b.listed) differ(`${a.listed} pictures listed and ${b.listed}`);
  const missing = onlyIn(a, b) ?? onlyIn(b, a);
  if (missing !== undefined) differ(missing);
  const at = a.names.findIndex((name, i) => name !== b.names[i]);
  if (at >= 0) differ(`picture ${at + 1} is ${a.names[at]} and ${b.names[at]}`);
  const label = a.labels.findIndex((own, i) => own !== b.labels[i]);
  if (label >= 0)
    differ(`${a.names[label]} is labelled "${before[a.labels[label]!]}" and "${after[b.labels[label]!]}"`);
  if (a.fingerprint !== b.fingerprint)
    differ(
      `their names agree, but the listings' fingerprints are ${short(a)} and ${short(b)}: files of other sizes, or others unreadable`,
    );
  const edited = otherBytes(a, b);
  if (edited !== undefined) differ(`the file of ${edited} was changed between them, its name and size are the same`);
}

function onlyIn(one: Saved, other: Saved): string | undefined {
  const names = new Set(other.names);
  const name = one.names.find((candidate) => !names.has(candidate));
  if (name === undefined) return undefined;
  const isRejected = other.rejected.some((rejected) => rejected.name === name);
  return `${name} is in ${one.path} only${isRejected ? "; the other could not read it" : ""}`;
}

const short = ({ fingerprint }: Saved): string => fingerprint.slice(0, 12);
