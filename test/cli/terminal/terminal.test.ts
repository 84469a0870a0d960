// The command line on a terminal: stopped, interrupted, failing and resized, it says its sentence, ends, and leaves the terminal as it was.
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { makeShapes } from "../../../src/images/shapes/make.ts";
import { waitForLock } from "../../../src/lock.ts";
import { needs } from "../../needs.ts";
import { controlC, openTerminal } from "./open.ts";
import { showScreen } from "./screen.ts";

const cwd = mkdtempSync(join(tmpdir(), "inception-terminal-"));
const experiment = `
name: tiny
network: { name: googlenet, width: 0.05, stemStride: 1, auxiliary: off }
data: { train: shapes, validation: { holdOut: 0.2 }, size: 32 }
train: { steps: 5000, batch: 8, learningRate: 0.01, averageDecay: null }
`;

const ablation = `
name: two
base: { config: tiny.yaml }
rows: [{ name: plain }, { name: smoothing, set: { train.labelSmoothing: 0.2 } }]
seeds: 0..1
`;
const trainBar = /train \[[=-]+\] .*images\/s/;
const askedTwice = /Press Ctrl-C again to stop at once\./;

let opened: ReturnType<typeof openTerminal> | undefined;
function open(columns: number, ...args: string[]) {
  opened = openTerminal(args, { columns, rows: 24, cwd });
  return opened;
}

/** How the run's record says that it ended; null where it does not. */
const exitOf = (run: string): number | null => JSON.parse(readFileSync(join(cwd, run, "run.json"), "utf8")).exit;
const cellsOf = (ablation: string): string[] =>
  readdirSync(join(cwd, ablation, "cells")).map((name) => join(ablation, "cells", name));
/** A step of it takes a second or more. */
const slow = ["data.size=128", "network.width=0.25", "train.batch=40"].flatMap((set) => ["--set", set]);

/** How it ended and what the user sees then, once it is sure that the terminal is as it was: a new line, the cursor shown, lines wrapped. */
async function end(terminal: ReturnType<typeof openTerminal>, columns = 80) {
  const code = await terminal.ended;
  const { lines, cursor, cursorShown, wraps } = showScreen(terminal.shown(), columns);
  expect({ column: cursor.column, below: lines.slice(cursor.row).join(""), cursorShown, wraps }).toEqual({
    column: 0,
    below: "",
    cursorShown: true,
    wraps: true,
  });
  const text = lines.slice(0, cursor.row).join("\n");
  expect(text).not.toMatch(/\^C|\[[=-]+\]/);
  return { code, text };
}

beforeAll(async () => {
  await makeShapes(join(cwd, "shapes"), { perClass: 5, size: 48, seed: 1 });
  cpSync(join(cwd, "shapes"), join(cwd, "spoiled"), { recursive: true });
  for (const name of ["ring", "star"]) writeFileSync(join(cwd, "spoiled", name, "broken.png"), "not a picture");
  writeFileSync(join(cwd, "tiny.yaml"), experiment);
  writeFileSync(join(cwd, "two.yaml"), ablation);
});
afterEach(() => opened?.kill());
afterAll(() => rmSync(cwd, { recursive: true, force: true }));

describe("on a terminal", needs("pseudoTerminal"), () => {
  test("Ctrl-C in training: a sentence above the bar, a checkpoint, 75, and the command that resumes", async () => {
    const terminal = open(80, "train", "tiny.yaml");
    await terminal.until(trainBar);
    terminal.type(controlC);
    const { code, text } = await end(terminal);
    expect(code).toBe(75);
    expect(text).toMatch(/\nStopping: finishing the step and saving\. Press Ctrl-C again to stop at once\.\n/);
    const saved = /\nruns\/train\/tiny-1: stopped and saved at step (\d+)\nresume with: inception train --resume .*$/;
    expect(text).toMatch(saved);
    const step = saved.exec(text)![1]!.padStart(9, "0");
    expect(readdirSync(join(cwd, "runs/train/tiny-1/checkpoints"))).toContain(`step-${step}`);
  });

  test("a second Ctrl-C ends training at once with 130", async () => {
    const terminal = open(80, "train", "tiny.yaml", "-o", "twice", ...slow);
    await terminal.until(/train \[/);
    terminal.type(controlC);
    await terminal.until(askedTwice);
    terminal.type(controlC);
    const { code, text } = await end(terminal);
    expect(code).toBe(130);
    expect(text).toMatch(askedTwice);
    expect(text).not.toMatch(/\n.*stopped and saved/);
    expect(exitOf("twice/tiny-1")).toBe(null);
  });

  test("the terminal is closed in training: it saves, 75", async () => {
    const terminal = open(80, "train", "tiny.yaml", "-o", "closed", ...slow);
    await terminal.until(/train \[/);
    terminal.close();
    expect(await terminal.ended).toBe(75);
    expect(exitOf("closed/tiny-1")).toBe(75);
    expect(readdirSync(join(cwd, "closed/tiny-1/checkpoints"))).toContainEqual(expect.stringMatching(/^step-\d+$/));
  });

  test("a crash in training: the bar goes, and the report stands last, with 1", async () => {
    const env = { NODE_OPTIONS: `--import ${pathToFileURL(join(import.meta.dirname, "crash.mjs"))}` };
    opened = openTerminal(["train", "tiny.yaml", "-o", "crash"], { columns: 80, rows: 24, cwd, env });
    const { code, text } = await end(opened);
    expect(code).toBe(1);
    expect(text).toMatch(/\nerror: this is a bug in inception [^\n]*\nError: planted\n +at /);
  });

  test("training to its end at 60 columns: rate and time left are kept, validation has a bar, nothing wraps", async () => {
    const terminal = open(80, "train", "tiny.yaml", "-o", "whole", "--set", "train.steps=40");
    const early = await terminal.until(trainBar);
    expect(early).toMatch(/train \[[=-]+\] +\d+\/40 {2}\S+ left {2}[\d.]+ images\/s {2}loss [\d.]+ {2}epoch [\d.]+/);
    terminal.resize(60, 24);
    await terminal.until(/validate \[/);
    const { code, text } = await end(terminal);
    expect(showScreen(early, 40).lines.filter((line) => /^train \[/.test(line))).toHaveLength(1);
    expect(code).toBe(0);
    expect(text).toMatch(/\nepoch 1: top-1 .*\n[\s\S]*\nwhole\/tiny-1: finished after 40 steps; best top-1/);
    const drawn = terminal
      .shown()
      .split("\x1b[J\x1b[?7l")
      .map((frame) => frame.split("\x1b[?7h")[0]!);
    const narrow = drawn.filter((line) => /^train .* images\/s/.test(line) && line.length < 60);
    expect(narrow.length).toBeGreaterThan(0);
    expect(
      Math.max(...drawn.filter((line) => /^(train|validate) /.test(line)).map((line) => line.length)),
    ).toBeLessThan(80);
  });

  test("an unreadable picture in the middle of an epoch: its sentence is what stands last, with 3", async () => {
    const terminal = open(80, "train", "tiny.yaml", "-o", "bad", "--set", "data.train=spoiled");
    const { code, text } = await end(terminal);
    expect(code).toBe(3);
    expect(terminal.shown()).toMatch(/(train|validate) \[/);
    expect(text).toMatch(/\nerror: (ring|star)\/broken\.png: [\s\S]*\nhint: with --set data\.onBadImage=skip[^$]*$/);
  });

  test("Ctrl-C in an evaluation: how far it is, and 75", async () => {
    const terminal = open(80, "eval", "whole/tiny-1", "--crops", "144", "-b", "1");
    await terminal.until(/eval \[[=-]+\] .* left/);
    terminal.type(controlC);
    const { code, text } = await end(terminal);
    expect(code).toBe(75);
    expect(text).toMatch(/Stopping: finishing this batch\. .*\nStopped after \d+ of \d+ pictures/);
  });

  test("a second Ctrl-C ends an evaluation at once with 130", async () => {
    const terminal = open(80, "eval", "whole/tiny-1", "--crops", "144", "-b", "1", "-o", "twice-evaluated");
    await terminal.until(/eval \[/);
    terminal.type(controlC);
    await terminal.until(/Ctrl-C/);
    terminal.type(controlC);
    const { code, text } = await end(terminal);
    expect(code).toBe(130);
    expect(text).not.toMatch(/Stopped after/);
  });

  test("Ctrl-C in an ablation: its table goes, the trainings save, 75", async () => {
    const terminal = open(80, "ablate", "two.yaml", "-o", "ablation");
    await terminal.until(/ 0%/);
    terminal.type(controlC);
    const { code, text } = await end(terminal);
    expect(code).toBe(75);
    expect(text).not.toMatch(/cells done/);
    expect(text).toMatch(
      /\nStopping: the trainings save where they are\. [\s\S]*\nresume with: inception ablate --resume -o ablation$/,
    );
  });

  test("a second Ctrl-C in an ablation ends it and its trainings at once, 130", async () => {
    const terminal = open(80, "ablate", "two.yaml", "-o", "twice-ablated", ...slow, "--set", "log.everySteps=1");
    await terminal.until(/ 0%/);
    terminal.type(controlC);
    await terminal.until(askedTwice);
    terminal.type(controlC);
    const { code, text } = await end(terminal);
    expect(code).toBe(130);
    expect(text).not.toMatch(/cells done|resume with/);
    const [cell, ...others] = cellsOf("twice-ablated");
    expect(others).toEqual([]);
    (await waitForLock(join(cwd, cell!, ".lock"), () => {})).release();
    expect(exitOf(join(cell!, "run-1"))).toBe(null);
  });

  test("the terminal is closed in an ablation: its training saves, 75", async () => {
    const terminal = open(80, "ablate", "two.yaml", "-o", "closed-ablation");
    await terminal.until(/ 0%/);
    terminal.close();
    expect(await terminal.ended).toBe(75);
    expect(cellsOf("closed-ablation").map((cell) => exitOf(join(cell, "run-1")))).toEqual([75]);
    expect(readFileSync(join(cwd, "closed-ablation/table.md"), "utf8")).toContain("None of the 4 cells has a result");
  });

  test("Ctrl-C while pictures are drawn: none of them stays", async () => {
    const terminal = open(60, "data", "make", "shapes", "-o", "drawn", "--per-class", "9999");
    await terminal.until(/draw \[[=-]+\] .* left/);
    terminal.type(controlC);
    const { code, text } = await end(terminal, 60);
    expect(code).toBe(130);
    expect(text).toMatch(/Stopping: .*\n.*\nStopped after \d+ of 99990 pictures; none of them is kept\.$/);
    expect(readdirSync(cwd).filter((name) => name.startsWith("drawn"))).toEqual([]);
  });

  test("a second Ctrl-C while pictures are drawn: 130, too", async () => {
    const terminal = open(60, "data", "make", "shapes", "-o", "drawn-twice", "--size", "1024");
    await terminal.until(/draw \[/);
    terminal.type(controlC);
    await terminal.until(askedTwice);
    terminal.type(controlC);
    expect((await end(terminal, 60)).code).toBe(130);
    expect(readdirSync(cwd)).not.toContain("drawn-twice");
  });

  test("Ctrl-C where nobody listens for it: the bar goes, 130", async () => {
    const terminal = open(80, "data", "check", "shapes");
    await terminal.until(/check \[/);
    terminal.type(controlC);
    expect(await end(terminal)).toEqual({ code: 130, text: "" });
  });
});
