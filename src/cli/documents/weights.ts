// What `inception import` and `inception export` print with --json.
import { z } from "zod";
import { networkNames } from "../../network/options.ts";
import { preprocessingSchema } from "../../network/preprocessing.ts";
import { type DocumentOf, documentOf } from "../../results/document.ts";
import { exportFormats, sources } from "../../weights/choices.ts";
import { foreignFormats } from "../../weights/foreign.ts";
import type { Imported } from "../../weights/import.ts";

const count = z.int().min(0);
const shape = z.array(count);
const names = z.array(z.string());

export const importSchema = z.strictObject({
  schema: z.literal("inception.import/1"),
  file: z.string(),
  sha256: z.string(),
  format: z.enum(foreignFormats),
  source: z.enum(sources),
  theirs: z.string().describe("What that program calls the network"),
  network: z.looseObject({ name: z.enum(networkNames), classes: count }).describe("With all of its switches"),
  preprocessing: preprocessingSchema,
  classes: names,
  matched: z.array(z.strictObject({ ours: z.string(), theirs: z.string(), shape })).describe("Shapes are ours"),
  missing: z.array(z.strictObject({ ours: z.string(), theirs: z.string(), shape })).describe("Started anew"),
  wrongShape: z.array(z.strictObject({ ours: z.string(), theirs: z.string(), expected: shape, got: shape })),
  leftOver: names,
  ignored: z.array(z.strictObject({ what: z.string(), names })),
  folder: z.string(),
  checkpoint: z.string(),
});

export const exportSchema = z.strictObject({
  schema: z.literal("inception.export/1"),
  model: z.string().describe("The checkpoint"),
  step: count,
  format: z.enum(exportFormats),
  theirs: z.string().describe("What that program calls the network"),
  file: z.string(),
  tensors: count,
  warnings: names,
});

export function importDocument(
  file: string,
  { match, sha256, preprocessing, classes, format }: Imported,
  written: { readonly folder: string; readonly checkpoint: string },
): DocumentOf<typeof importSchema> {
  const { foreign, options, matched, missing, wrongShape, leftOver, ignored } = match;
  return documentOf(importSchema, {
    schema: "inception.import/1",
    file,
    sha256,
    format,
    source: foreign.source,
    theirs: foreign.name,
    network: { ...options },
    preprocessing,
    classes,
    matched: matched.map(({ name, variable }) => ({ ours: variable.name, theirs: name, shape: variable.shape })),
    missing: missing.map(({ theirs, variable }) => ({ ours: variable.name, theirs, shape: variable.shape })),
    wrongShape: wrongShape.map(({ name, variable, shape, found }) => ({
      ours: variable.name,
      theirs: name,
      expected: shape,
      got: found,
    })),
    leftOver,
    ignored,
    folder: written.folder,
    checkpoint: written.checkpoint,
  });
}
