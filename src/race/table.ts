// What races chose, as a file: this machine's in the cache, a run's in its folder, or one that `--kernels` names.
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { kernelTables } from "../cache-folder.ts";
import { nodeFs, replaceDurably } from "../checkpoint/files.ts";
import { parseJson } from "../checkpoint/json.ts";
import { UserError } from "../errors.ts";
import { type Side, sides } from "../graph/kernels.ts";
import { errorCode, explainIoError } from "../io-error.ts";
import { waitForLock } from "../lock.ts";
import { type Machine, machine, machineKey } from "../runtime/arithmetic.ts";

const schema = z.strictObject({
  schema: z.literal("inception.kernels/1"),
  machine: z.record(z.string(), z.union([z.string(), z.number()])),
  choices: z.record(z.string(), z.enum(sides)),
});
export type Choices = Readonly<Record<string, Side>>;

/** A table is made for one processor, number of threads, TensorFlow and set of kernels. */
export const tableFile = (): string => join(kernelTables(), `${machineKey()}.json`);

/** Throws UserError("usage") where it is no such table, ("io") where it cannot be read. */
export function readTable(path: string): Choices {
  const text = reading(path);
  try {
    return schema.parse(parseJson(text)).choices;
  } catch (error) {
    const [issue] = error instanceof z.ZodError ? error.issues : [];
    const got = issue ? `${[...issue.path, ""].join(": ")}${issue.message}` : (error as Error).message;
    throw new UserError("usage", `${path}: expected a table of kernels, got another file (${got})`, {
      hint: "inception bench kernels <network> --output <file> writes one",
    });
  }
}

function reading(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw explainIoError(error, "reading", path);
  }
}

export function writeTable(path: string, choices: Choices, of: Machine = machine()): void {
  mkdirSync(dirname(path), { recursive: true });
  const document = { schema: "inception.kernels/1", machine: of, choices };
  replaceDurably(nodeFs, path, `${JSON.stringify(document, null, 1)}\n`);
}

/** Undefined where there is none that can be read: races are run anew. */
export function tableIfAny(path: string): Choices | undefined {
  if (!existsSync(path)) return undefined;
  try {
    return readTable(path);
  } catch {
    return undefined;
  }
}

/** What this machine has chosen until now. */
export const machineChoices = (): Choices => tableIfAny(tableFile()) ?? {};

/** In words. */
export function tableSummary(): string {
  const all = Object.values(machineChoices());
  if (all.length === 0) return "none yet; each network's convolutions are raced as it is first used";
  const by = (side: Side) => all.filter((chosen) => chosen === side).length;
  return `${all.length} convolutions: ${by("tensorflow")} TensorFlow's, ${by("plain")} plain, ${by("fast")} fast (${tableFile()})`;
}

/** Node says ENOENT where a read-only file system lets it make no folder. */
const readOnly: ReadonlySet<string | undefined> = new Set(["EROFS", "EACCES", "EPERM", "ENOENT"]);

/** Adds choices; what another process has added first stays. In a cache that is only read they are not kept. */
export async function addChoices(choices: Choices): Promise<Choices> {
  const together = () => ({ ...choices, ...machineChoices() });
  try {
    const lock = await waitForLock(`${tableFile()}.lock`, () => {});
    try {
      const all = together();
      writeTable(tableFile(), all);
      return all;
    } finally {
      lock.release();
    }
  } catch (error) {
    if (readOnly.has(errorCode(error))) return together();
    throw error;
  }
}
