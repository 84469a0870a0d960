// Runs the command line; the one place where errors are caught and turned into a sentence and an exit code.
import { explainIoError } from "../io-error.ts";
import { buildApp } from "./app.ts";
import { endSoon } from "./ending.ts";
import { errorDocument, explain } from "./explain.ts";
import { isDocumentPrinted, note, printJson } from "./print.ts";
import { isTerminalLost, replaceLostTerminal, stopLive } from "./terminal.ts";

/**
 * Runs one command; sets `process.exitCode` and never rejects. Where the process has nothing left to do and the command has not ended, that is our bug,
 * which Node alone would end with 13 and no word. `argv` is without node and the script.
 */
export async function main(argv: string[]): Promise<void> {
  const program = buildApp();
  const report = (error: unknown): void => {
    const explanation = explain(error, { verbose: program.opts().verbose === true });
    const { text, exitCode } = explanation;
    stopLive();
    if (text) note(text);
    if (text && argv.includes("--json") && !isDocumentPrinted()) printJson(errorDocument(explanation));
    process.exitCode = exitCode;
  };
  watchOutput(report);
  process.on("exit", replaceLostTerminal);
  process.on("uncaughtException", (error) => {
    report(error);
    process.exit();
  });
  const unsettled = (): void => {
    report(new Error("the command waits for something that never comes"));
    process.exit();
  };
  process.once("beforeExit", unsettled);
  try {
    await program.parseAsync(argv, { from: "user" });
  } catch (error) {
    report(error);
    endSoon();
  } finally {
    process.off("beforeExit", unsettled);
  }
}

/**
 * `inception ... | head` closes the pipe early, which is no error; a full disk behind `> file` is one. Nobody reading stderr, and a terminal
 * that is gone, are no reason to end a training.
 */
function watchOutput(report: (error: unknown) => void): void {
  process.stderr.on("error", () => {});
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (isTerminalLost()) return;
    if (error.code !== "EPIPE") report(explainIoError(error, "writing to", "stdout"));
    process.exit();
  });
}
