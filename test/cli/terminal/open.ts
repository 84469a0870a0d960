// Runs `inception` in a pseudo-terminal, as a user at a keyboard does.
import { spawn } from "node:child_process";
import { join } from "node:path";

const helper = join(import.meta.dirname, "keyboard.py");
const bin = join(import.meta.dirname, "../../../bin/inception.js");

export type Terminal = {
  /** All that has been shown so far. */
  shown(): string;
  /** Resolves with all that has been shown once it matches; rejects when the command ends before. */
  until(pattern: RegExp): Promise<string>;
  type(keys: string): void;
  resize(columns: number, rows: number): void;
  /** Takes the terminal away; nothing is shown any more. */
  close(): void;
  /** The exit code, 128 + n after signal n. */
  readonly ended: Promise<number>;
};

export const controlC = "\x03";

/** `kill` ends the command where a test fails half way. */
export function openTerminal(
  args: readonly string[],
  {
    columns,
    rows,
    cwd,
    env = {},
  }: {
    readonly columns: number;
    readonly rows: number;
    readonly cwd: string;
    readonly env?: Readonly<Record<string, string>>;
  },
): Terminal & { kill(): void } {
  const child = spawn("python3", [helper, `${columns}`, `${rows}`, process.execPath, bin, ...args], {
    cwd,
    env: { ...process.env, TERM: "xterm-256color", ...env },
    stdio: ["pipe", "pipe", "inherit"],
  });
  let text = "";
  const waiting = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    text += chunk;
    for (const look of waiting) look();
  });
  const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? -1)));
  child.stdin.on("error", () => {});
  return {
    shown: () => text,
    until: (pattern) =>
      new Promise((resolve, reject) => {
        const look = (): void => {
          if (!pattern.test(text)) return;
          waiting.delete(look);
          resolve(text);
        };
        waiting.add(look);
        look();
        void ended.then(() =>
          reject(new Error(`ended without ${pattern}; shown: ${JSON.stringify(text.slice(-2000))}`)),
        );
      }),
    type: (keys) => void child.stdin.write(`keys ${Buffer.from(keys).toString("hex")}\n`),
    resize: (width, height) => void child.stdin.write(`size ${width} ${height}\n`),
    close: () => void child.stdin.write("close\n"),
    ended,
    kill: () => void child.kill("SIGKILL"),
  };
}
