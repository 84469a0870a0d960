// The manifest of a checkpoint: what its files must contain, and the state of the run that is not tensors.
import { createHash } from "node:crypto";
import { z } from "zod";
import { UserError } from "../errors.ts";
import { visibleName } from "../visible.ts";
import { longestPiece } from "./files.ts";
import { issueWords, parseJson } from "./json.ts";
import { type CheckpointState, contradictionIn, stateSchema } from "./state.ts";

export type { CheckpointState } from "./state.ts";

export const manifestFile = "manifest.json";
const formatName = "inception-checkpoint";
const formatVersion = 1;

/** Class names take most of it. */
export const largestManifest = 16 * 2 ** 20;

/** The tensors of a checkpoint, a file for each. */
export const parts = ["weights", "average", "optimizer"] as const;
export type Part = (typeof parts)[number];
export const fileOf = (part: Part) => `${part}.safetensors` as const;

const count = z.int().min(0);
const fileSchema = z.strictObject({ bytes: count, sha256: z.string().regex(/^[0-9a-f]{64}$/) });
const manifestSchema = z.strictObject({
  format: z.literal(formatName),
  version: z.literal(formatVersion),
  step: count,
  files: z.partialRecord(z.enum(parts.map(fileOf)), fileSchema),
  state: stateSchema,
  sha256: z.string(),
});

export type FileRecord = z.output<typeof fileSchema>;
export type Manifest = {
  readonly step: number;
  readonly files: { readonly [P in Part as `${P}.safetensors`]?: FileRecord };
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
  const value = parse(text, file);
  const result = manifestSchema.safeParse(value);
  if (!result.success) throw wrongManifest(file, { value, text }, result.error.issues[0]!);
  if (!isSealed(value as Manifest, text))
    throw new UserError("checkpoint", `${file} is damaged: its checksum does not match its text`);
  const { step, files } = value as Manifest;
  const { data } = result;
  const contradiction = contradictionIn(data.state);
  if (contradiction !== undefined) throw new UserError("checkpoint", `${file} is damaged: state.${contradiction}`);
  return { step, files, state: data.state as CheckpointState };
}

function parse(text: string, file: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    throw new UserError("checkpoint", `${file} is damaged: ${visibleName((error as Error).message)}`);
  }
}

/** Whether the text is what formatManifest writes of it, its checksum with it. */
function isSealed(value: Manifest, text: string): boolean {
  try {
    return formatManifest(value) === text;
  } catch {
    return false;
  }
}

function wrongManifest(
  file: string,
  { value, text }: { readonly value: unknown; readonly text: string },
  issue: z.core.$ZodIssue,
): UserError {
  const version = (value as { version?: unknown } | null)?.version;
  const newer = { hint: "a newer version of inception has written it" };
  if (typeof version === "number" && version > formatVersion)
    return new UserError("checkpoint", `${file} has format version ${version}, expected ${formatVersion}`, newer);
  return issue.code === "unrecognized_keys" && isSealed(value as Manifest, text)
    ? new UserError("checkpoint", `${file}: ${issueWords(issue)}`, newer)
    : new UserError("checkpoint", `${file} is damaged: ${issueWords(issue)}`);
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
