import { Writable } from "node:stream";
import { expect, test } from "vitest";
import { byteProgress } from "../../../src/runtime/setup/progress.ts";

function written(report: (update: (bytes: number, expected?: number) => void) => void): string[] {
  const lines: string[] = [];
  const stream = new Writable({ write: (chunk, _, done) => done(void lines.push(String(chunk))) });
  const progress = byteProgress(stream as NodeJS.WriteStream);
  report(progress.update);
  progress.stop();
  return lines;
}

test("without a terminal at most a line for each tenth, the last one complete", () => {
  const lines = written((update) => {
    for (let bytes = 0; bytes <= 100e6; bytes += 1e6) update(bytes, 100e6);
  });
  expect(lines).toHaveLength(11);
  expect(lines.at(-1)).toBe("  100 MB (100%)\n");
});

test("an unknown total is not invented", () => {
  expect(written((update) => update(30e6))).toEqual(["  30 MB\n"]);
});
