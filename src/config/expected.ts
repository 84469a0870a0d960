// What the schema wants at a path, in words, and which keys it knows: read from its JSON Schema.
import { z } from "zod";
import { experimentSchema } from "./schema.ts";

type Json = {
  readonly type?: string;
  readonly description?: string;
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly properties?: Readonly<Record<string, Json>>;
  /** Of a table, what stands under every key; false where no other key may stand. */
  readonly additionalProperties?: Json | boolean;
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
  readonly prefixItems?: readonly Json[];
  readonly items?: Json;
  readonly pattern?: string;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly exclusiveMaximum?: number;
};

/** The JSON Schema (draft 2020-12) of an experiment as written in a file. */
export const experimentJsonSchema = (): object => z.toJSONSchema(experimentSchema, { io: "input" });

/**
 * "a whole number above 0": what the schema accepts at this path, in the variants that `document` names on the way.
 */
export function expected(
  path: readonly PropertyKey[],
  document?: unknown,
  schema: z.ZodType = experimentSchema,
): string {
  const found = [...new Set(schemasAt(path, document, schema).map(describe))];
  const constants = found.length > 1 && found.every((words) => !words.startsWith("a "));
  return constants ? `one of ${found.join(", ")}` : found.join(" or ");
}

/** What the schema says of the key at this path, in the variants that `document` names on the way. */
export function descriptionOf(path: readonly string[], document?: unknown): string | undefined {
  const section = schemasAt(path.slice(0, -1), document, experimentSchema);
  return section.flatMap(({ properties }) => properties?.[path.at(-1)!]?.description ?? [])[0];
}

/** Every key the schema knows in the section at `path`, whatever its variant. */
export const keysAt = (path: readonly PropertyKey[], schema: z.ZodType = experimentSchema): string[] => [
  ...new Set(schemasAt(path, undefined, schema).flatMap(({ properties }) => Object.keys(properties ?? {}))),
];

/** Every dotted key of the schema. */
export function allKeys(schema: z.ZodType = experimentSchema, path: readonly string[] = []): string[] {
  return keysAt(path, schema).flatMap((key) => [[...path, key].join("."), ...allKeys(schema, [...path, key])]);
}

const variants = (schema: Json): readonly Json[] => (schema.anyOf ?? schema.oneOf ?? [schema]).flatMap(leaf);
const leaf = (schema: Json): readonly Json[] => (schema.anyOf || schema.oneOf ? variants(schema) : [schema]);

const roots = new Map<z.ZodType, Json>();
function schemasAt(path: readonly PropertyKey[], document: unknown, from: z.ZodType): readonly Json[] {
  const root = roots.get(from) ?? (z.toJSONSchema(from, { io: "input" }) as Json);
  roots.set(from, root);
  let [schemas, value] = [variants(root), document];
  for (const key of path) {
    schemas = named(schemas, member(value, "name")).flatMap((schema) => {
      const below =
        typeof key === "number"
          ? (schema.prefixItems?.[key] ?? schema.items)
          : (schema.properties?.[String(key)] ?? schema.additionalProperties);
      return typeof below === "object" ? variants(below) : [];
    });
    value = member(value, key);
  }
  return schemas;
}

/** The variant of that name, or all where none has it. */
function named(schemas: readonly Json[], name: unknown): readonly Json[] {
  const meant = schemas.filter(({ properties }) => name !== undefined && properties?.name?.const === name);
  return meant.length > 0 ? meant : schemas;
}

const member = (value: unknown, key: PropertyKey): unknown =>
  value === null || typeof value !== "object" ? undefined : Reflect.get(value, key);

function describe(schema: Json): string {
  if (schema.const !== undefined) return String(schema.const);
  if (schema.enum) return `one of ${schema.enum.join(", ")}`;
  const words: Readonly<Record<string, string>> = {
    integer: `a whole number${range(schema)}`,
    number: `a number${range(schema)}`,
    string: schema.pattern
      ? "a name of at most 100 letters, digits and . _ - that starts with a letter or digit"
      : "a text",
    boolean: "true or false",
    null: "null",
    object: "a section",
    array: schema.prefixItems
      ? `a list of ${schema.prefixItems.length}, each ${[...new Set(schema.prefixItems.map(describe))].join(" or ")}`
      : "a list",
  };
  return words[schema.type ?? ""] ?? "a value";
}

function range({ minimum, exclusiveMinimum, maximum, exclusiveMaximum }: Json): string {
  const low =
    exclusiveMinimum !== undefined ? `above ${exclusiveMinimum}` : minimum !== undefined ? `at least ${minimum}` : "";
  const ceiling = maximum === undefined || maximum >= Number.MAX_SAFE_INTEGER ? "" : `at most ${maximum}`;
  const high = exclusiveMaximum !== undefined ? `below ${exclusiveMaximum}` : ceiling;
  if (minimum !== undefined && ceiling) return ` from ${minimum} to ${maximum}`;
  const limits = [low, high].filter(Boolean).join(" and ");
  return limits && ` ${limits}`;
}
