// What to say about an error, and with which code to end.
import { CommanderError } from "commander";
import { exitCodes, UserError } from "../errors.ts";
import { errorCode, explainIoError } from "../io-error.ts";
import { isOutOfMemory, outOfMemory } from "../out-of-memory.ts";
import { packageVersion } from "../version.ts";

export type Explanation = { readonly text: string; readonly exitCode: number };

/** What is printed with --json in the place of the document that did not come about. */
export const errorDocument = ({ text, exitCode }: Explanation) => {
  const [message, hint] = text.replace(/^error: /, "").split("\nhint: ");
  return { schema: "inception.error/1", message: message!, hint: hint ?? null, exitCode } as const;
};

/** Failures of the machine rather than of our code, wherever they come from. */
const machineFailures: ReadonlySet<string | undefined> = new Set([
  ...["ENOSPC", "EDQUOT", "EIO", "EROFS", "EACCES"],
  ...["EMFILE", "ENFILE", "ENOMEM"],
]);

/** Commander ends with these once it has printed the help or the version. */
const shown: ReadonlySet<string> = new Set(["commander.help", "commander.helpDisplayed", "commander.version"]);

/**
 * A sentence for what the user can mend, a report with stack and versions for anything else. The text is empty only where the user has
 * help or version before them.
 */
export function explain(thrown: unknown, { verbose }: { verbose: boolean }): Explanation {
  if (thrown instanceof CommanderError && thrown.message !== "") return explainUsage(thrown);
  const error = mendable(thrown);
  if (!(error instanceof UserError) || error.message === "")
    return { text: crashReport(error), exitCode: exitCodes.bug };
  const { message, hint, stack, exitCode } = error;
  const lines = [`error: ${message}`, hint ? `hint: ${hint}` : "", verbose ? (stack ?? "") : ""];
  return { text: lines.filter(Boolean).join("\n"), exitCode };
}

function mendable(thrown: unknown): unknown {
  if (machineFailures.has(errorCode(thrown))) return explainMachine(thrown as NodeJS.ErrnoException);
  return isOutOfMemory(thrown) && !(thrown instanceof UserError) ? outOfMemory(thrown) : thrown;
}

/** Commander knows only the exit codes 0 and 1. */
function explainUsage({ code, exitCode, message }: CommanderError): Explanation {
  const text = shown.has(code) ? "" : `error: ${message.replace(/^error: /, "")}`;
  return { text, exitCode: exitCode === 0 ? exitCodes.done : exitCodes.usage };
}

const explainMachine = (error: NodeJS.ErrnoException): unknown =>
  explainIoError(error, error.syscall ?? "using", error.path ?? "a file");

function crashReport(error: unknown): string {
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const { platform, arch, versions } = process;
  return `error: this is a bug in inception ${packageVersion()} (Node ${versions.node}, ${platform}-${arch})\n${stack}`;
}
