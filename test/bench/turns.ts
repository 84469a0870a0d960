// The benchmark's line protocol: a process says "ready", then answers each "go" with one line of JSON; end of input ends it.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";

export interface Turn {
  readonly imagesPerSecond: number;
  /** The share of the conv-rate limit that the process itself measured beside its speed. */
  readonly limitShare?: number;
}

export interface Runner {
  turn(): Promise<Turn>;
  end(): Promise<void>;
}

/** Starts the command and waits for its warm-up. Throws an Error with the end of its stderr where it fails. */
export async function startRunner(command: readonly string[]): Promise<Runner> {
  const child = spawn(command[0]!, command.slice(1), { stdio: "pipe" });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors = (errors + text).slice(-2000);
  });
  child.stdin.on("error", () => {}); // a dead process is noticed by its missing answer
  const closed = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(`ended with ${signal ?? `exit code ${code}`}`));
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();

  const answer = async (): Promise<string> => {
    const { value, done } = await lines.next();
    if (!done) return value as string;
    const reason = await closed;
    throw new Error([reason, complaint(errors)].filter(Boolean).join(": "));
  };
  const end = async () => {
    if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
    child.stdin.end();
    await once(child, "exit");
  };
  const fail = async (error: unknown): Promise<never> => {
    await end();
    throw error;
  };

  await answer()
    .then((line) => expectReady(line))
    .catch(fail);
  return {
    turn: async () => {
      child.stdin.write("go\n");
      return await answer().then(parseTurn).catch(fail);
    },
    end,
  };
}

/** Reads one answer. Throws an Error where it is none. */
export function parseTurn(line: string): Turn {
  let turn: Partial<Turn> | null;
  try {
    turn = JSON.parse(line) as Partial<Turn> | null;
  } catch {
    turn = null;
  }
  if (!(typeof turn?.imagesPerSecond === "number" && turn.imagesPerSecond > 0))
    throw new Error(`expected {"imagesPerSecond": ...}, got ${JSON.stringify(line)}`);
  const { imagesPerSecond, limitShare } = turn;
  return typeof limitShare === "number" ? { imagesPerSecond, limitShare } : { imagesPerSecond };
}

function expectReady(line: string): void {
  if (line.trim() !== "ready") throw new Error(`expected "ready", got ${JSON.stringify(line)}`);
}

/** The line that names the error, or the last one. */
const complaint = (text: string): string => {
  const lines = text.trim().split("\n");
  return (lines.findLast((line) => /error/i.test(line)) ?? lines.at(-1)!).trim();
};
