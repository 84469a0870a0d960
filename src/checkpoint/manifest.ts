// The manifest of a checkpoint: what its files must contain, and the state of the run that is not tensors.
import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { longestPiece } from "./files.ts";
import { parseJson } from "./json.ts";

export const manifestFile = "manifest.json";
const formatName = "inception-checkpoint";
const formatVersion = 1;

const count = z.int().min(0);
const fileSchema = z.strictObject({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const stateSchema = z.looseObject({
  experiment: z.unknown().optional(),
  network: z.unknown(),
  preprocessing: z.unknown(),
  classes: z.array(z.string()),
  epoch: count.optional(),
  batchInEpoch: count.optional(),
  best: z.unknown().optional(),
});
const manifestSchema = z.strictObject({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  step: count,
  files: z.record(z.string().regex(/^[a-z]+\.safetensors$/), fileSchema),
  state: stateSchema,
  sha256: z.string(),
});

/**
 * Everything beside the tensors that using or going on with a checkpoint takes, as JSON: the resolved experiment, the
 * network's options, the preprocessing, the class names in label order, the position, and the best result so far. One with
 * weights alone has no experiment, no position and no best result.
 */
export type CheckpointState = z.output<typeof stateSchema>;
export type FileRecord = z.output<typeof fileSchema>;
export type Manifest = {
  readonly step: number;
  readonly files: Readonly<Record<string, FileRecord>>;
  readonly state: CheckpointState;
};

export function sha256(content: Uint8Array | string, piece = longestPiece): string {
  const hash = createHash("sha256");
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  for (let done = 0; done < bytes.length; done += piece) hash.update(bytes.subarray(done, done + piece));
  return hash.digest("hex");
}

/** Its last field is the SHA-256 of the rest, so that no changed byte goes unseen. */
export function formatManifest({ step, files, state }: Manifest): string {
  const body = { format: formatName, version: formatVersion, step, files, state };
  return `${stringify({ ...body, sha256: sha256(stringify(body)) })}\n`;
}

/** Throws UserError("checkpoint") for anything but the exact text that formatManifest wrote. */
export function parseManifest(text: string, file: string): Manifest {
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new UserError("checkpoint", `${file} is damaged: ${(error as Error).message}`);
  }
  const result = manifestSchema.safeParse(value);
  if (!result.success) throw wrongManifest(file, value, result.error.issues[0]!);
  const { step, files, state } = value as Manifest;
  if (formatManifest({ step, files, state }) !== text) {
    throw new UserError("checkpoint", `${file} is damaged: its checksum does not match its text`);
  }
  return { step, files, state };
}

function wrongManifest(file: string, value: unknown, issue: z.core.$ZodIssue): UserError {
  const version = (value as { version?: unknown } | null)?.version;
  return typeof version === "number" && version > formatVersion
    ? new UserError("checkpoint", `${file} has format version ${version}, expected ${formatVersion}`, {
        hint: "it was written by a later version of inception",
      })
    : new UserError("checkpoint", `${file} is damaged: ${issue.path.join(".")}: ${issue.message}`);
}

/** JSON that never turns a number into null. */
const stringify = (value: unknown): string =>
  JSON.stringify(
    value,
    (key, item: unknown) => {
      if (typeof item === "number" && !Number.isFinite(item)) throw new Error(`checkpoint state: ${key} is ${item}`);
      return item;
    },
    2,
  );
