// What `inception import` and `inception export` print with --json.
import { z } from "zod";
import type { Model } from "../../evaluate/model.ts";
import type { ExportedModel, ExportRequest } from "../../export/export-model.ts";
import type { CheckPictures } from "../../export/pictures.ts";
import { networkNames } from "../../network/options.ts";
import { preprocessingSchema } from "../../network/preprocessing.ts";
import { modelForms, pixelsPlaces, sources, storages } from "../../published/choices.ts";
import type { Published } from "../../published/weights.ts";
import { type DocumentOf, documentOf } from "../../results/document.ts";
import { foreignFormats } from "../../weights/foreign.ts";
import { foreignOf, picturesOf } from "../../weights/foreign-of.ts";
import { addressOf, checkpointOf, type Got, placeOf } from "../../weights/get.ts";
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

const logit = z.number().min(0);
const difference = { largest: logit.describe("Of two logits"), otherTop1: count.describe("Pictures") };

export const exportSchema = z.strictObject({
  schema: z.literal("inception.export/2"),
  model: z.string().describe("The checkpoint"),
  step: count,
  weights: z.enum(["average", "raw"]),
  network: z.enum(networkNames),
  format: z.enum(modelForms),
  path: z.string(),
  bytes: count,
  storage: z.enum(storages),
  preprocessing: z.enum(pixelsPlaces),
  checked: z.strictObject({
    pictures: count,
    source: z.string().nullable().describe("Null where they are drawn"),
    ...difference,
    allowed: logit,
  }),
  cost: z.strictObject(difference).nullable().describe("Against float32; null where that is the storage"),
  remarks: names.describe("What the format has not, or computes otherwise"),
});

export const exportDocument = (
  { path: model, step, kind, options }: Model,
  { form, path, storage, pixels }: Omit<ExportRequest, "force">,
  { count: pictures, source }: CheckPictures,
  { bytes, parity, cost, remarks }: ExportedModel,
): DocumentOf<typeof exportSchema> =>
  documentOf(exportSchema, {
    schema: "inception.export/2",
    model,
    step,
    weights: kind,
    network: options.name,
    format: form,
    path,
    bytes,
    storage,
    preprocessing: pixels,
    checked: { pictures, source: source ?? null, ...parity },
    cost: cost ?? null,
    remarks: [...remarks],
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

const hash = z.strictObject({
  algorithm: z.enum(["sha256", "sha1", "md5"]),
  hex: z.string().describe("Perhaps the first digits alone"),
});

export const weightsSchema = z.strictObject({
  schema: z.literal("inception.weights/1"),
  published: z.array(
    z.strictObject({
      name: z.string(),
      aliases: names,
      source: z.enum(sources),
      theirs: z.string().describe("What that program calls the network"),
      network: z.enum(networkNames),
      classifier: z.boolean(),
      url: z.string(),
      file: z.string().describe("Where a file that was fetched by hand is looked for"),
      bytes: count.nullable(),
      megabytes: z.number().nullable().describe("As it is published, where no more is known"),
      hash: hash.nullable(),
      licence: z.string(),
      top1: z.number().nullable().describe("In percent, as it is published"),
      top5: z.number().nullable(),
      accuracyBy: z.string().nullable(),
      preprocessing: preprocessingSchema,
      checkpoint: z.string().nullable().describe("Where it has been imported"),
    }),
  ),
});

export const weightsGetSchema = z.strictObject({
  schema: z.literal("inception.weights-get/1"),
  name: z.string(),
  folder: z.string(),
  checkpoint: z.string(),
  imported: z.boolean().describe("False where the weights were there already"),
  downloadedBytes: count,
  sha256: z.string().nullable(),
  checked: z.boolean().nullable().describe("Whether a published hash was compared"),
});

export const weightsDocument = (entries: readonly Published[]): DocumentOf<typeof weightsSchema> =>
  documentOf(weightsSchema, { schema: "inception.weights/1", published: entries.map(publishedEntry) });

function publishedEntry(entry: Published) {
  const { name, aliases, source, theirs, size, hash, licence, accuracy } = entry;
  const figures = accuracy === "no classifier" ? undefined : accuracy;
  return {
    name,
    aliases,
    source,
    theirs,
    network: foreignOf(entry).network.name,
    classifier: figures !== undefined,
    url: addressOf(entry),
    file: placeOf(entry),
    bytes: size !== "unknown" && "bytes" in size ? size.bytes : null,
    megabytes: size !== "unknown" && "megabytes" in size ? size.megabytes : null,
    hash: hash === "unknown" ? null : hash,
    licence,
    top1: figures?.top1 ?? null,
    top5: figures?.top5 ?? null,
    accuracyBy: figures?.by ?? null,
    preprocessing: picturesOf(entry),
    checkpoint: checkpointOf(entry) ?? null,
  };
}

export const weightsGetDocument = (
  { name, hash }: Published,
  { folder, checkpoint, imported, downloadedBytes }: Got,
): DocumentOf<typeof weightsGetSchema> =>
  documentOf(weightsGetSchema, {
    schema: "inception.weights-get/1",
    name,
    folder,
    checkpoint,
    imported: imported !== undefined,
    downloadedBytes,
    sha256: imported?.sha256 ?? null,
    checked: imported === undefined ? null : hash !== "unknown",
  });
