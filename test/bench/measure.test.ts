import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { measure } from "./measure.ts";
import type { Contestant, Race } from "./races.ts";
import { parseTurn } from "./turns.ts";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "bench-"));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** A process that speaks the protocol and writes what it does, and when, to a log shared with the others. */
const contestant = (role: Contestant["role"], log: string, onGo = "answer()"): Contestant => {
  const program = `
    const { appendFileSync } = require("node:fs");
    const say = (word) => appendFileSync(${JSON.stringify(log)}, "${role} " + word + "\\n");
    const answer = () => { say("go"); console.log(JSON.stringify({ imagesPerSecond: 5, limitShare: 0.5 })); };
    say("start");
    console.log("ready");
    require("node:readline").createInterface({ input: process.stdin }).on("line", () => { ${onGo} }).on("close", () => say("end"));`;
  return { role, name: role, command: [process.execPath, "-e", program] };
};
const race = (...contestants: Contestant[]): Race => ({
  title: "A",
  kind: "train",
  precision: "float32",
  device: "cpu",
  contestants,
});
const say = () => {};

describe("a race", () => {
  test("goes round in turns while the others wait", async () => {
    const log = join(folder, "together");
    const result = await measure(race(contestant("ours", log), contestant("pytorch", log)), {
      rounds: 2,
      together: true,
      say,
    });
    expect(result.measurements.map(({ turns }) => turns)).toEqual(
      Array(2).fill(Array(2).fill({ imagesPerSecond: 5, limitShare: 0.5 })),
    );
    const lines = readFileSync(log, "utf8").trim().split("\n");
    expect(lines.filter((line) => line.endsWith("go"))).toEqual(["ours go", "pytorch go", "ours go", "pytorch go"]);
    expect(lines.filter((line) => line.endsWith("start"))).toHaveLength(2);
    expect(lines.filter((line) => line.endsWith("end"))).toHaveLength(2);
  });

  test("has one process at a time where memory is short", async () => {
    const log = join(folder, "apart");
    await measure(race(contestant("ours", log), contestant("pytorch", log)), { rounds: 2, together: false, say });
    const once = (role: string) => [`${role} start`, `${role} go`, `${role} end`];
    const round = [...once("ours"), ...once("pytorch")];
    expect(readFileSync(log, "utf8").trim().split("\n")).toEqual([...round, ...round]);
  });

  test("goes on without a contestant that dies, is missing or talks nonsense, and says why", async () => {
    const log = join(folder, "failing");
    const dying = contestant("pytorch", log, 'console.error("Killed: no memory"); process.exit(3)');
    const babbling = contestant("onnxruntime", log, 'console.log("soon")');
    const missing: Contestant = { role: "keras", name: "keras", command: [join(folder, "no-such-program")] };
    const contestants = [dying, missing, babbling, contestant("ours", log)];
    const { measurements } = await measure(race(...contestants), { rounds: 2, together: true, say });
    expect(measurements.map(({ failure }) => failure)).toEqual([
      "ended with exit code 3: Killed: no memory",
      expect.stringContaining("ENOENT"),
      'expected {"imagesPerSecond": ...}, got "soon"',
      null,
    ]);
    expect(measurements.at(-1)!.turns).toHaveLength(2);
  });
});

test.each(["", "null", "5", '{"imagesPerSecond":"5"}', '{"imagesPerSecond":0}', '{"imagesPerSecond":null}'])(
  "%j is no answer",
  (line) => {
    expect(() => parseTurn(line)).toThrow("imagesPerSecond");
  },
);
