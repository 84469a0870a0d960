// run.json: what ran, on what, when and how it ended; nothing that names the machine or its user.
import { availableParallelism, cpus, homedir } from "node:os";
import { dirname, sep } from "node:path";
import { z } from "zod";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { parseJson } from "../checkpoint/json.ts";
import { UserError } from "../errors.ts";
import { errorCode } from "../io-error.ts";

const time = z.iso.datetime().describe("UTC, ISO 8601");
const attemptSchema = z.looseObject({
  argv: z.array(z.string()),
  versions: z.record(z.string(), z.string()),
  cpu: z.string(),
  cores: z.number(),
  /** What decides results to the last bit; runs from before it was written down lack it. */
  arithmetic: z.record(z.string(), z.union([z.string(), z.number()])).optional(),
  dataFingerprint: z.string(),
  /** Of the pictures' bytes, where their source knows it without reading them all. */
  dataContent: z.string().optional(),
  /** Steps that were done when it began; runs from before it was written down lack it. */
  step: z.number().optional(),
  /** What a run started from that did not start at random. */
  weights: z.object({ path: z.string(), step: z.number(), kind: z.string(), sha256: z.string() }).optional(),
  start: time,
  end: time.nullable(),
  exit: z.number().nullable(),
  /** Whether patience ended the run before its length. */
  stoppedEarly: z.boolean().optional(),
  /** What of the experiment is not as it was in the sitting before. */
  changes: z.array(z.string()).optional(),
  /** True where the record was damaged and made anew: what the run began with is not known, and its start is that of config.yaml. */
  rebuilt: z.boolean().optional(),
});
const infoSchema = attemptSchema.extend({ resumes: z.array(attemptSchema) });

/** One process's work on a run: `end` and `exit` stay null while it lasts, and when it was killed. */
export type Attempt = z.output<typeof attemptSchema>;
/** The first attempt, and those that went on from its checkpoints. */
export type RunInfo = z.output<typeof infoSchema>;

/** What the caller knows of an attempt. */
export type Circumstances = {
  /** As typed, without the interpreter and the script. */
  readonly argv: readonly string[];
  /** Of inception and TensorFlow; Node's is added. */
  readonly versions: Readonly<Record<string, string>>;
  /** Of runtime/arithmetic.ts. */
  readonly arithmetic?: Readonly<Record<string, string | number>>;
  readonly dataFingerprint: string;
  readonly dataContent?: string;
  /** The checkpoint that a run starts from, and the SHA-256 of its weights. */
  readonly weights?: Attempt["weights"];
  /** What of the experiment a resumed run changes: `data.train: photos -> /mnt/photos`. */
  readonly changes?: readonly string[];
};

export const startAttempt = ({
  argv,
  versions,
  arithmetic,
  dataFingerprint,
  dataContent,
  weights,
  changes = [],
}: Circumstances): Attempt => ({
  argv: argv.map(withoutHome),
  versions: { ...versions, node: process.versions.node },
  cpu: cpus()[0]?.model ?? "unknown",
  cores: availableParallelism(),
  ...(arithmetic && { arithmetic }),
  dataFingerprint,
  ...(dataContent && { dataContent }),
  ...(weights && { weights: { ...weights, path: withoutHome(weights.path) } }),
  ...(changes.length > 0 && { changes: changes.map(withoutHome) }),
  start: new Date().toISOString(),
  end: null,
  exit: null,
});

/** In the place of a damaged record: what can still be known of a run's beginning. */
export const rebuiltInfo = (now: Circumstances, known: Pick<Attempt, "start" | "dataFingerprint">): RunInfo => ({
  ...startAttempt({ ...now, argv: [], changes: [] }),
  ...known,
  rebuilt: true,
  resumes: [],
});

/** How an attempt ended. */
export type Ending = Pick<Attempt, "stoppedEarly"> & { readonly exit: number };

/** The same record with its last attempt ended. */
export const endAttempt = (info: RunInfo, ending: Ending): RunInfo =>
  inLastAttempt(info, { end: new Date().toISOString(), ...ending });

/** The same record with more known of its last attempt. */
export function inLastAttempt(info: RunInfo, known: Partial<Attempt>): RunInfo {
  const last = info.resumes.length - 1;
  if (last < 0) return { ...info, ...known };
  return {
    ...info,
    resumes: info.resumes.map((attempt, index) => (index === last ? { ...attempt, ...known } : attempt)),
  };
}

/** Throws UserError("data") when the file cannot be read or is no run record. */
export function readRunInfo(path: string): RunInfo {
  try {
    return infoSchema.parse(parseJson(Buffer.from(nodeFs.read(path)).toString()));
  } catch (error) {
    const code = errorCode(error);
    const problem = code === undefined ? "is damaged: it is not the record of a run" : `cannot be read (${code})`;
    throw new UserError("data", `${path} ${problem}`, {
      hint: `inception eval ${dirname(path)} needs only its checkpoints, and inception train --resume ${dirname(path)} writes it anew`,
      cause: error,
    });
  }
}

export const writeRunInfo = (path: string, info: RunInfo): void =>
  replaceDurably(nodeFs, path, `${JSON.stringify(info, null, 2)}\n`);

/** For what others may read: the name of whoever ran it is nobody's business. */
export function withoutHome(text: string): string {
  const home = homedir();
  return home.length > 1 ? text.replaceAll(`${home}${sep}`, `~${sep}`) : text;
}
