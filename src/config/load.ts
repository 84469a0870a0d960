// From a file (and --set) to an experiment: load -> schema -> resolve -> rules, all problems told at once.
import { readFile, stat } from "node:fs/promises";
import { type Document, isMap, isNode, isScalar } from "yaml";
import { UserError } from "../errors.ts";
import { findConfig } from "./find.ts";
import { override } from "./override.ts";
import { dotted, type Problem, problemsError } from "./problem.ts";
import { resolveExperiment } from "./resolve.ts";
import { applyRules } from "./rules.ts";
import { type Experiment, experimentSchema } from "./schema.ts";
import { largestSource, readSource, type Source } from "./source.ts";
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
export async function loadExperiment(nameOrPath: string, sets: readonly string[] = []): Promise<Loaded> {
  const path = await findConfig(nameOrPath);
  const text = await readText(path);
  return { ...parseExperiment(text, path, sets), path, text };
}

/** The same for text that was read from `file`. */
export function parseExperiment(
  text: string,
  file: string,
  sets: readonly string[] = [],
): Pick<Loaded, "experiment" | "warnings"> {
  const source = readSource(text);
  const place = placesIn(source, file, sets);
  if (source.refused.length > 0)
    throw problemsError(
      file,
      source.refused.map(({ path, message, offset }) => ({ place: place.at(offset), path: dotted(path), message })),
    );
  const { document } = source;
  const misset = override(document, sets);
  if (misset.length > 0) throw problemsError(file, misset);
  const value: unknown = document.toJS() ?? {};
  const parsed = experimentSchema.safeParse(value);
  if (!parsed.success)
    throw problemsError(
      file,
      parsed.error.issues
        .flatMap((issue) => faults(issue, value))
        .map(({ path, message, key }): Problem => ({ place: place.of(path, key), path: dotted(path), message })),
    );
  const experiment = resolveExperiment(parsed.data, file);
  const findings = applyRules(experiment).map(({ path, ...rest }) => ({
    ...rest,
    path,
    place: place.of(path.split("."), false),
  }));
  const problems = findings.filter(({ severity }) => severity === "problem");
  if (problems.length > 0) throw problemsError(file, problems);
  return { experiment, warnings: findings.map((warning) => `${warning.place}: ${warning.path}: ${warning.message}`) };
}

async function readText(path: string): Promise<string> {
  try {
    if ((await stat(path)).size > largestSource)
      throw new UserError("usage", `${path}: expected at most 1 MiB of text, got more`);
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof UserError) throw error;
    throw new UserError("usage", `${path}: cannot be read (${(error as NodeJS.ErrnoException).code})`, {
      cause: error,
    });
  }
}

/** Where a path stands: `file:line:column`, or the `--set` that gave it. */
function placesIn({ document, lines }: Source, file: string, sets: readonly string[]) {
  const keys = sets.map((set) => set.split("=", 1)[0]!.trim());
  const at = (offset: number | undefined): string => {
    if (offset === undefined) return file;
    const { line, col } = lines.linePos(offset);
    return `${file}:${Math.max(line, 1)}:${Math.max(col, 1)}`;
  };
  const of = (path: readonly PropertyKey[], key: boolean): string => {
    const set = keys.some((name) => dotted(path) === name || dotted(path).startsWith(`${name}.`));
    return set ? "--set" : at(offsetOf(document, path, key));
  };
  return { at, of };
}

/** Offset of the value at a path (or of its key), else of the nearest section above it. */
function offsetOf(document: Document, path: readonly PropertyKey[], key: boolean): number | undefined {
  if (path.length === 0) return document.contents?.range?.[0];
  const parent = document.getIn(path.slice(0, -1), true);
  const last = String(path.at(-1));
  const pair = isMap(parent) ? parent.items.find((item) => isScalar(item.key) && item.key.value === last) : undefined;
  const node = pair && (key || !isNode(pair.value) ? pair.key : pair.value);
  const value = node ?? (isMap(parent) ? undefined : document.getIn(path, true));
  const range = isNode(value) ? value.range : undefined;
  return range ? range[0] : offsetOf(document, path.slice(0, -1), true);
}
