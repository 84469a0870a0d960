// Turns what the schema found into sentences: expected, got, and what was probably meant.
import type { z } from "zod";
import { allKeys, expected, keysAt } from "./expected.ts";
import { nearest } from "./nearest.ts";
import { dotted } from "./origins.ts";
import { experimentSchema } from "./schema.ts";
import { synonym } from "./synonyms.ts";

/** One fault at one path; `key` when the key itself is wrong rather than its value. */
export type Fault = { readonly path: readonly PropertyKey[]; readonly message: string; readonly key: boolean };

type Issue = z.core.$ZodIssue;

/** Unknown keys of one section that are told one by one. */
const mostKeys = 20;

/** One fault for each thing wrong; `value` is the document that was read by `schema`. */
export function faults(
  issue: Issue,
  value: unknown,
  schema: z.ZodType = experimentSchema,
  above: readonly PropertyKey[] = [],
): Fault[] {
  const path = [...above, ...issue.path];
  if (issue.code === "unrecognized_keys") return unknownKeys(path, issue.keys, value, schema);
  if (issue.code === "invalid_union") {
    const [likely] = issue.errors.filter((branch) => branch.every(isInside));
    if (likely) return likely.flatMap((inner) => faults(inner, value, schema, path));
  }
  const got = valueAt(value, path);
  const wanted = expected(path, value, schema);
  const guess = typeof got === "string" ? nearWord(got, wanted, path, schema) : "";
  return [{ path, message: `expected ${wanted}, got ${show(got)}${guess}`, key: false }];
}

/** What a word was probably meant for, where one of few words or a section with a name is wanted. */
function nearWord(got: string, wanted: string, path: readonly PropertyKey[], schema: z.ZodType): string {
  if (wanted.startsWith("one of ")) return nearest(got, wanted.slice(7).split(", "));
  if (wanted !== "a section" || !keysAt(path, schema).includes("name")) return "";
  return `; its name is ${dotted([...path, "name"])}`;
}

/** Whether an issue of a union's branch says that the branch was meant but something in it is wrong. */
const isInside = (issue: Issue): boolean => issue.path.length > 0 || issue.code === "unrecognized_keys";

function unknownKeys(
  path: readonly PropertyKey[],
  keys: readonly string[],
  value: unknown,
  schema: z.ZodType,
): Fault[] {
  const told = keys.slice(0, mostKeys).map((key) => unknownKey(path, key, value, schema));
  const left = keys.length - told.length;
  return left > 0 ? [...told, { path, message: `${left} more unknown keys`, key: false }] : told;
}

function unknownKey(path: readonly PropertyKey[], key: string, value: unknown, schema: z.ZodType): Fault {
  const known = keysAt(path, schema);
  // A key of another variant: epsilon under the name of an optimizer that has none.
  if (known.includes(key)) {
    const variant = show(valueAt(value, [...path, "name"]));
    return { path: [...path, key], message: `not a key of ${variant}`, key: true };
  }
  const [before, after] = key.split(":", 2) as [string, string?];
  if (after !== undefined && known.includes(before))
    return {
      path: [...path, key],
      message: `unknown key; YAML wants a space after the colon: ${before}: ${after}`,
      key: true,
    };
  const own = allKeys(schema);
  const meant = synonym(key);
  const elsewhere = own.find((other) => other === meant) ?? own.find((other) => other.endsWith(`.${key}`));
  const guess = elsewhere ? `; did you mean ${elsewhere}?` : nearest(key, known, (match) => dotted([...path, match]));
  return { path: [...path, key], message: `unknown key${guess}`, key: true };
}

const valueAt = (value: unknown, path: readonly PropertyKey[]): unknown =>
  path.reduce((at, key) => (at === null || typeof at !== "object" ? undefined : Reflect.get(at, key)), value);

function show(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (Array.isArray(value)) return `a list of ${value.length}`;
  if (typeof value === "object") return "a section";
  const text = typeof value === "string" ? JSON.stringify(value) : String(value);
  return text.length > 60 ? `${text.slice(0, 60)}...` : text;
}
