// Signals to a process that saves when it is asked to, as a command does.
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { beforeAll, expect, test } from "vitest";

const stopModule = "dist/cli/stop.js";
beforeAll(() => {
  if (!existsSync(stopModule)) throw new Error("run `npm run build` first: dist/ is missing");
});

/** Takes a while to save; says when it listens, and when it has saved. */
const saver = (milliseconds: number): string => `
  import { stopOnRequest } from ${JSON.stringify(pathToFileURL(stopModule))};
  const stop = stopOnRequest("saving");
  const work = setInterval(() => {}, 1000);
  stop.signal.addEventListener("abort", () => setTimeout(() => {
    clearInterval(work);
    console.log("saved", stop.exitCode());
    process.exitCode = 75;
    stop.done();
  }, ${milliseconds}));
  console.log("listening");
`;

/** Sends each once the text so far matches. */
async function signalled(milliseconds: number, sent: readonly (readonly [RegExp, ...NodeJS.Signals[]])[]) {
  const child = spawn(process.execPath, ["--input-type=module", "-e", saver(milliseconds)]);
  let text = "";
  const left = [...sent];
  const look = (part: unknown): void => {
    text += part;
    if (left[0]?.[0].test(text)) for (const signal of left.shift()!.slice(1)) child.kill(signal as NodeJS.Signals);
  };
  child.stdout.on("data", look);
  child.stderr.on("data", look);
  const ended = await new Promise((resolve) => child.on("close", (code, signal) => resolve(code ?? signal)));
  return { ended, text };
}

const asked = {
  SIGINT: "Stopping: saving. Press Ctrl-C again to stop at once.",
  SIGTERM: "Stopping on SIGTERM: saving. Another one stops at once.",
  SIGHUP: "Stopping on SIGHUP: saving. Another one stops at once.",
} as const;

test.each([
  ["SIGINT", 130],
  ["SIGTERM", 143],
  ["SIGHUP", 129],
] as const)("%s is said and heeded; a second one ends with %i at once", async (signal, code) => {
  expect(await signalled(10, [[/listening/, signal]])).toEqual({
    ended: 75,
    text: `listening\n${asked[signal]}\nsaved ${code}\n`,
  });
  expect(
    await signalled(60_000, [
      [/listening/, signal],
      [/Stopping/, signal],
    ]),
  ).toEqual({
    ended: code,
    text: `listening\n${asked[signal]}\n`,
  });
});

test("the second one decides the exit code", async () => {
  const { ended } = await signalled(60_000, [
    [/listening/, "SIGINT"],
    [/Stopping/, "SIGTERM"],
  ]);
  expect(ended).toBe(143);
});

test("what is sent together is one request", async () => {
  const { ended, text } = await signalled(300, [[/listening/, "SIGTERM", "SIGTERM", "SIGHUP"]]);
  expect(ended).toBe(75);
  expect(text.match(/Stopping/g)).toHaveLength(1);
});
