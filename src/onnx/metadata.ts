// What an ONNX file says of itself beside its graph, in its `metadata_props`: how pictures reach it, its classes, its network.
import { z } from "zod";
import { fits } from "../interpret/fits.ts";
import type { NetworkOptions } from "../network/options.ts";
import { preprocessingSchema } from "../network/preprocessing.ts";
import { networkSchema } from "../network/schema.ts";
import { pixelsPlaces, storages } from "../published/choices.ts";

const schema = "inception.onnx/1";

const metadataSchema = z.strictObject({
  schema: z.literal(schema),
  /** Names in the order of the logits. */
  classes: z.array(z.string().min(1)).min(1),
  network: networkSchema,
  preprocessing: preprocessingSchema,
  /** Outside, the input is float32 in NCHW as `preprocessing` says; inside, uint8 RGB in NHWC. */
  pixels: z.enum(pixelsPlaces),
  storage: z.enum(storages),
  step: z.int().min(0),
  weights: z.enum(["average", "raw"]),
});

export type OnnxMetadata = Omit<z.output<typeof metadataSchema>, "schema" | "network"> & {
  readonly network: NetworkOptions;
};

/** Texts are as they are, all else is JSON. */
export const encodeMetadata = (metadata: OnnxMetadata): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries({ schema, ...metadata }).map(([key, value]) => [
      key,
      typeof value === "string" ? value : JSON.stringify(value),
    ]),
  );

const texts: ReadonlySet<string> = new Set(["schema", "pixels", "storage", "weights"]);

/** Throws an Error that says what is wrong. */
export function parseMetadata(entries: ReadonlyMap<string, string>): OnnxMetadata {
  if (entries.get("schema") !== schema) throw new Error(`its metadata names no schema ${schema}`);
  const values = [...entries].map(([key, value]) => [key, texts.has(key) ? value : parsed(key, value)]);
  const result = metadataSchema.safeParse(Object.fromEntries(values));
  if (!result.success) {
    const { path, message } = result.error.issues[0]!;
    throw new Error(`its metadata is wrong: ${path.join(".") || "it"}: ${message}`);
  }
  const { schema: _schema, ...metadata } = result.data;
  const network = metadata.network as NetworkOptions;
  if (network.classes !== metadata.classes.length)
    throw new Error(`its metadata names ${metadata.classes.length} classes, but its network has ${network.classes}`);
  if (!fits(network, metadata.preprocessing.size))
    throw new Error(`its metadata says ${metadata.preprocessing.size} px, which is too small for its network`);
  return { ...metadata, network };
}

function parsed(key: string, value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    throw new Error(`its metadata is wrong: ${key} is no JSON`);
  }
}
