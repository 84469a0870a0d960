// Download progress on stderr: a bar on a terminal, a line for each tenth elsewhere.
import { SingleBar } from "cli-progress";
import type { OnBytes } from "./wheel.ts";

export type ByteProgress = { readonly update: OnBytes; readonly stop: () => void };

export const byteProgress = (stream: NodeJS.WriteStream = process.stderr): ByteProgress =>
  stream.isTTY ? bar(stream) : lines(stream);

function bar(stream: NodeJS.WriteStream): ByteProgress {
  const format = "  {bar} {percentage}%  {value} of {total} MB  {eta_formatted} left";
  const shown = new SingleBar({ stream, format, hideCursor: true, clearOnComplete: true });
  return {
    update(bytes, expected) {
      if (!shown.isActive) shown.start(megabytes(expected ?? bytes), 0);
      if (expected === undefined) shown.setTotal(megabytes(bytes));
      shown.update(megabytes(bytes));
    },
    stop: () => shown.stop(),
  };
}

function lines(stream: NodeJS.WriteStream): ByteProgress {
  let next = 0;
  const step = (expected: number | undefined) => (expected ?? 250e6) / 10;
  return {
    update(bytes, expected) {
      if (bytes < next) return;
      const share = expected === undefined ? "" : ` (${Math.floor((100 * bytes) / expected)}%)`;
      stream.write(`  ${megabytes(bytes)} MB${share}\n`);
      next = (Math.floor(bytes / step(expected)) + 1) * step(expected);
    },
    stop: () => {},
  };
}

const megabytes = (bytes: number): number => Math.round(bytes / 1e6);
