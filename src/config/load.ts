// From a file (and --set) to an experiment: load -> schema -> resolve -> rules, all problems told at once.
import { readFile, stat } from "node:fs/promises";
import type { Document } from "yaml";
import type { z } from "zod";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";
import { fillIn, valuesFor, write } from "./fill-in.ts";
import { findConfig } from "./find.ts";
import { fillFrom } from "./from.ts";
import { dotted, type Origins, originsIn, type Setting } from "./origins.ts";
import { override } from "./override.ts";
import { type Problem, problemsError, sentence } from "./problem.ts";
import type { SetSize } from "./recipe.ts";
import { resolveExperiment } from "./resolve.ts";
import { applyRules } from "./rules.ts";
import { type Experiment, experimentSchema } from "./schema.ts";
import { largestSource, readSource } from "./source.ts";
import { type Fault, faults } from "./wording.ts";

/** Counts the pictures that an experiment trains on. */
export type Survey = (experiment: Experiment) => Promise<SetSize>;

export type Loaded = {
  readonly experiment: Experiment;
  /** The file that was read, and its text. */
  readonly path: string;
  readonly text: string;
  /** What is allowed but probably not meant, one sentence each. */
  readonly warnings: readonly string[];
};

/**
 * Reads the experiment in a file, or the shipped one of that name; throws a `usage` UserError listing every problem. Where its recipe has
 * something to say, `survey` is asked for the size of the set, and may throw; without a survey, what is left out has the schema's defaults.
 */
export async function loadExperiment(
  nameOrPath: string,
  sets: readonly Setting[] = [],
  survey?: Survey,
): Promise<Loaded> {
  const path = await findConfig(nameOrPath);
  return readExperiment(await readText(path), path, sets, survey);
}

/** The same for text that was read from `file`. */
export async function readExperiment(
  text: string,
  file: string,
  sets: readonly Setting[] = [],
  survey?: Survey,
): Promise<Loaded> {
  if (!survey) return { ...parseExperiment(text, file, sets), path: file, text };
  const first = parseExperiment(text, file, sets, anySet);
  const { experiment, warnings } = first.recipeSpoke
    ? parseExperiment(text, file, sets, await survey(first.experiment))
    : first;
  return { experiment, warnings, path: file, text };
}

/**
 * The text with what its recipe gives written into it, for a file on which changes will stand that count as the file's own when the recipe
 * is asked; the text as it is where it leaves nothing to the recipe.
 */
export async function completeText(
  text: string,
  file: string,
  sets: readonly Setting[],
  survey: Survey,
): Promise<string> {
  const { experiment, recipeSpoke } = parseExperiment(text, file, sets, anySet);
  if (!recipeSpoke) return text;
  const [own, changed] = [readSource(text).document, readSource(text).document];
  override(changed, sets);
  write(own, valuesFor(changed, await survey(experiment)));
  return own.toString();
}

/** Stands in until the pictures are counted. */
export const anySet: SetSize = { pictures: 1000, classes: 10 };

/** What a file says, with what its recipe gives for `set` where one is said. */
export function parseExperiment(
  text: string,
  file: string,
  sets: readonly Setting[] = [],
  set?: SetSize,
): Pick<Loaded, "experiment" | "warnings"> & { readonly recipeSpoke: boolean } {
  let recipeSpoke = false;
  const complete = (document: Document): Fault[] => {
    const found = fillFrom(document, file);
    recipeSpoke = set !== undefined && fillIn(document, set);
    return found;
  };
  const { data, origins } = parseDocument(experimentSchema, { text, file, sets, complete });
  const experiment = resolveExperiment(data, file);
  const findings = applyRules(experiment).map((finding) => ({
    ...finding,
    origin: origins.of(finding.path.split(".")),
  }));
  const problems = findings.filter(({ severity }) => severity === "problem");
  if (problems.length > 0) throw problemsError(file, problems);
  return { experiment, warnings: findings.map(sentence), recipeSpoke };
}

type Text = {
  readonly text: string;
  readonly file: string;
  readonly sets?: readonly Setting[];
  readonly hint?: string;
  /** Called with the document when the settings are in it, to fill in what it leaves out. */
  readonly complete?: (document: Document) => readonly Fault[];
};

/** A document that `schema` accepts, and where its keys stand; throws a `usage` UserError listing every problem. */
export function parseDocument<S extends z.ZodType>(
  schema: S,
  { text, file, sets = [], hint, complete }: Text,
): { readonly data: z.output<S>; readonly origins: Origins } {
  const source = readSource(text);
  const origins = originsIn(source, file, sets);
  const refuse = (problems: readonly Problem[]): void => {
    if (problems.length > 0) throw problemsError(file, problems, hint);
  };
  const tell = (found: readonly Fault[]): void =>
    refuse(found.map(({ path, message, key }) => ({ origin: origins.of(path, key), path: dotted(path), message })));
  refuse(
    source.refused.map(({ path, message, offset }) => ({ origin: origins.at(offset), path: dotted(path), message })),
  );
  refuse(override(source.document, sets));
  tell(complete?.(source.document) ?? []);
  const written: unknown = source.document.toJS() ?? {};
  const { data, error } = schema.safeParse(written);
  tell((error?.issues ?? []).flatMap((issue) => faults(issue, written, schema)));
  return { data: data as z.output<S>, origins };
}

/** The text of a config file; throws a `usage` UserError when it cannot be read or is too large. */
export async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > largestSource)
      throw new UserError("usage", `${path}: expected at most 1 MiB of text, got more`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (errorCode(error) === undefined || error instanceof UserError) throw error;
    throw new UserError("usage", `${path}: cannot be read (${errorCode(error)})`, { cause: error });
  }
}
