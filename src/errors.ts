// Errors the user can fix. Everything else that is thrown is our bug and is shown with its stack.

/** What each exit code of the command line means. */
export const exitCodes = {
  done: 0,
  bug: 1,
  usage: 2,
  data: 3,
  diverged: 4,
  busy: 5,
  checkpoint: 6,
  foreignWeights: 7,
  checkFailed: 8,
  diskFull: 73,
  io: 74,
  stopped: 75,
  hungUp: 129,
  interrupted: 130,
  terminated: 143,
} as const;

export type ExitReason = keyof typeof exitCodes;

/** One sentence that says what is wrong and where, with an optional hint; `reason` decides the exit code. */
export class UserError extends Error {
  override readonly name = "UserError";
  readonly reason: ExitReason;
  readonly hint: string | undefined;

  constructor(reason: ExitReason, message: string, options: { hint?: string; cause?: unknown } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.reason = reason;
    this.hint = options.hint;
  }

  get exitCode(): number {
    return exitCodes[this.reason];
  }
}
