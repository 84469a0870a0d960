// From a file (and --set) to an experiment: load -> schema -> resolve -> rules, all problems told at once.
import { readFile, stat } from "node:fs/promises";
import type { z } from "zod";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";
import { findConfig } from "./find.ts";
import { dotted, type Origins, originsIn, type Setting } from "./origins.ts";
import { override } from "./override.ts";
import { type Problem, problemsError, sentence } from "./problem.ts";
import { resolveExperiment } from "./resolve.ts";
import { applyRules } from "./rules.ts";
import { type Experiment, experimentSchema } from "./schema.ts";
import { largestSource, readSource } from "./source.ts";
import { faults } from "./wording.ts";

export type Loaded = {
  readonly experiment: Experiment;
  /** The file that was read, and its text. */
  readonly path: string;
  readonly text: string;
  /** What is allowed but probably not meant, one sentence each. */
  readonly warnings: readonly string[];
};

/** Reads the experiment in a file, or the shipped one of that name; throws a `usage` UserError listing every problem. */
export async function loadExperiment(nameOrPath: string, sets: readonly Setting[] = []): Promise<Loaded> {
  const path = await findConfig(nameOrPath);
  const text = await readText(path);
  return { ...parseExperiment(text, path, sets), path, text };
}

/** The same for text that was read from `file`. */
export function parseExperiment(
  text: string,
  file: string,
  sets: readonly Setting[] = [],
): Pick<Loaded, "experiment" | "warnings"> {
  const { data, origins } = parseDocument(experimentSchema, { text, file, sets });
  const experiment = resolveExperiment(data, file);
  const findings = applyRules(experiment).map((finding) => ({
    ...finding,
    origin: origins.of(finding.path.split(".")),
  }));
  const problems = findings.filter(({ severity }) => severity === "problem");
  if (problems.length > 0) throw problemsError(file, problems);
  return { experiment, warnings: findings.map(sentence) };
}

type Text = {
  readonly text: string;
  readonly file: string;
  readonly sets?: readonly Setting[];
  readonly hint?: string;
};

/** A document that `schema` accepts, and where its keys stand; throws a `usage` UserError listing every problem. */
export function parseDocument<S extends z.ZodType>(
  schema: S,
  { text, file, sets = [], hint }: Text,
): { readonly data: z.output<S>; readonly origins: Origins } {
  const source = readSource(text);
  const origins = originsIn(source, file, sets);
  const refuse = (problems: readonly Problem[]): void => {
    if (problems.length > 0) throw problemsError(file, problems, hint);
  };
  refuse(
    source.refused.map(({ path, message, offset }) => ({ origin: origins.at(offset), path: dotted(path), message })),
  );
  refuse(override(source.document, sets));
  const written: unknown = source.document.toJS() ?? {};
  const { data, error } = schema.safeParse(written);
  refuse(
    (error?.issues ?? [])
      .flatMap((issue) => faults(issue, written, schema))
      .map(({ path, message, key }) => ({ origin: origins.of(path, key), path: dotted(path), message })),
  );
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
