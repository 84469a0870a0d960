// The example of docs/programs.md, run as a program that imports the package by its name; and what the functions throw.
import { execFile } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { decodePicture } from "../../src/images/decode.ts";
import { makeShapes } from "../../src/images/shapes/make.ts";
import { evaluate, explain, openModel, predict, train, UserError } from "../../src/index.ts";

let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-program-"));
  await makeShapes(join(folder, "photos"), { perClass: 8, size: 48, seed: 1 });
  mkdirSync(join(folder, "node_modules"));
  symlinkSync(process.cwd(), join(folder, "node_modules", "inception"));
});
afterAll(() => rmSync(folder, { recursive: true }));

test("the example prints what it did", async () => {
  const [, example] = /```js\n([^`]+)```/.exec(readFileSync("docs/programs.md", "utf8"))!;
  writeFileSync(
    join(folder, "example.mjs"),
    example!.replace("console.log({", "console.log(JSON.stringify({").replace("seen });", "seen }));"),
  );
  const { stdout, stderr } = await promisify(execFile)(process.execPath, ["example.mjs"], { cwd: folder });
  expect(stderr).toBe("");
  const lines = stdout.trim().split("\n");
  expect(lines.slice(0, -1).map((line) => line.split(" ")[0])).toEqual(["1", "2", "3", "4"]);
  const { finished, best, top1, folder: result, seen } = JSON.parse(lines.at(-1)!);
  expect(finished).toBe(true);
  expect(top1.accuracy).toBeCloseTo(best.top1, 10);
  expect(JSON.parse(readFileSync(join(folder, result, "summary.json"), "utf8")).top1).toEqual(top1);
  expect(seen.image).toBe("photos/ring/ring-0001.png");
  expect(seen.top).toHaveLength(2);
  const overlay = await decodePicture(readFileSync(join(folder, "looked.png")), "looked.png");
  expect([overlay.width, overlay.height]).toEqual([320, 320]);
});

test("explain gives what the command finds, with the true class by the folder's name", async () => {
  const [name] = readdirSync(join(folder, "runs/train"));
  const run = join(folder, "runs/train", name!);
  const [looked] = await explain(run, join(folder, "photos/ring/ring-0001.png"), { top: 1, method: "both" });
  expect([looked!.width, looked!.height]).toEqual([48, 48]);
  expect(looked!.classes.filter(({ isTrue }) => isTrue).map((one) => one.class)).toEqual(["ring"]);
  for (const { heats } of looked!.classes) {
    expect(heats.map(({ method }) => method)).toEqual(["grad-cam", "occlusion"]);
    expect(heats[1]!.measured.length).toBe(heats[1]!.measured[0]!.length);
  }
  await expect(explain(run, "a.jpg", { layer: "Mixed_9a" })).rejects.toThrow(/^layer: bn-inception has no maps called/);
  await expect(explain(run, "a.jpg", { class: "rng" })).rejects.toThrow(/^class: .*; did you mean ring\?$/);
});

test("what a user can mend is a UserError", async () => {
  await expect(train("nowhere.yaml")).rejects.toBeInstanceOf(UserError);
  await expect(train({ data: { train: "x" }, network: { name: "inception-v9" as "inception-v3" } })).rejects.toThrow(
    /network.name: expected one of /,
  );
  expect(() => openModel(join(folder, "none"))).toThrow(UserError);
  await expect(predict(join(folder, "none"), "a.jpg")).rejects.toMatchObject({ exitCode: 6 });
  await expect(evaluate(join(folder, "none"))).rejects.toMatchObject({ exitCode: 6 });
});

test("types come with the package: a run's folder is a text, and nothing else", async () => {
  const program = [
    'import { predict, type Trained, train } from "inception";',
    'const { run }: Trained = await train("photos", { onStep: ({ step }) => console.log(step.toFixed()) });',
    "const wrong: number = run;",
    'console.log(wrong, (await predict(run, "a.jpg"))[0]!.top[0]!.class.length);',
  ];
  writeFileSync(join(folder, "program.mts"), program.join("\n"));
  const options = "--noEmit --strict --module nodenext --target es2023 --skipLibCheck".split(" ");
  const { stdout } = await promisify(execFile)(
    join(process.cwd(), "node_modules/.bin/tsc"),
    [...options, "program.mts"],
    { cwd: folder },
  ).then(
    () => expect.fail("a wrong type was not noticed"),
    (error: { stdout: string }) => error,
  );
  const errors = stdout.trim().split("\n");
  expect(errors).toHaveLength(1);
  expect(errors[0]).toMatch(/program\.mts\(3,7\): error TS2322: Type 'string' is not assignable to type 'number'/);
});
