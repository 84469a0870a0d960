// How soon a process ends after an error.

/** How long a worker that an error left behind may keep the process alive. */
const graceMilliseconds = 2000;
let holdsServer = false;

/**
 * For a process with TensorFlow's server in it, which has no end, nor has a call that waits for a process that is gone: once it exits, and after
 * an error at once, `endProcess` ends it. TensorFlow's threads may still be in a sum that has failed, whose memory is gone.
 */
export function endAfterExit(endProcess: (code: number) => void): void {
  holdsServer = true;
  process.once("exit", endProcess);
}

/** After the error has been reported. */
export function endSoon(): void {
  if (holdsServer) process.exit();
  setTimeout(() => process.exit(), graceMilliseconds).unref();
}
