// Documents of a schema: what compiles is what the compiler accepts, so these tests are checked by tsc.
import { expect, test } from "vitest";
import { z } from "zod";
import { documentOf, jsonText } from "../../src/results/document.ts";

const schema = z.strictObject({
  name: z.string(),
  note: z.string().optional(),
  rows: z.array(z.strictObject({ n: z.number(), of: z.union([z.string(), z.strictObject({ all: z.number() })]) })),
});
const rows = [{ n: 1, of: "all" }, ...[{ n: 2, of: { all: 3 } }]] as const;

test("what has every key compiles and is the same object", () => {
  const document = { name: "a", rows };
  expect(documentOf(schema, document)).toBe(document);
  expect(schema.parse(documentOf(schema, { ...document, note: "b" }))).toEqual({ name: "a", rows, note: "b" });
});

test("a missing key, and one too many at any depth, written or spread, do not compile", () => {
  const more = { name: "a", rows, more: 1 };
  const wide = rows.map((row) => ({ ...row, wide: true }));
  const documents = [
    // @ts-expect-error `rows` is missing
    documentOf(schema, { name: "a" }),
    // @ts-expect-error `more` is written
    documentOf(schema, { name: "a", rows, more: 1 }),
    // @ts-expect-error `more` is spread
    documentOf(schema, { ...more }),
    // @ts-expect-error `wide` is in every row
    documentOf(schema, { name: "a", rows: wide }),
    // @ts-expect-error `most` is in one side of a union
    documentOf(schema, { name: "a", rows: [{ n: 1, of: { all: 1, most: 2 } }] }),
  ];
  expect(documents.map((document) => schema.safeParse(document).success)).toEqual(Array(documents.length).fill(false));
});

test("stands in a file with a line feed at its end", () => {
  expect(jsonText({ a: [1] })).toBe('{\n  "a": [\n    1\n  ]\n}\n');
});
