// A run with event files: what stands in them, over a stop and a resume; and the drawn confusion matrix.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matrixOf } from "../../src/train/tensorboard.ts";
import { needs, python } from "../needs.ts";
import { readEvents } from "../run/events.ts";
import { experimentOn, shapesForAll, sit } from "./support.ts";

const given = shapesForAll();
/** Of a run that was stopped after its first step and resumed. */
let eventFiles: string;

test("steps, validations, first crops and confusions, each sitting in a file of its own", async () => {
  const { folder, source, sets } = given;
  const experiment = experimentOn(source, "log.tensorboard=true");
  const first = await sit(experiment, sets, { folder, steps: 1 });
  await sit(experiment, sets, { folder, before: first.run });
  eventFiles = join(first.run.path, "tensorboard");
  const files = readdirSync(eventFiles).sort((a, b) => a.split(".").at(-1)!.localeCompare(b.split(".").at(-1)!));
  const [before, after] = files.map((name) => readEvents(readFileSync(join(eventFiles, name))));
  const tags = (events: typeof before) =>
    events!.flatMap(({ step = 0, summary }) => (summary?.value ?? []).map(({ tag }) => `${step} ${tag}`));
  expect(tags(before)).toEqual(["0 training/first crops", ...stepTags(1)]);
  expect(after![1]).toMatchObject({ step: 2, session_log: { status: 1 } });
  expect(tags(after)).toEqual([...stepTags(2), ...stepTags(3), ...validationTags(3)]);
  const png = after!.at(-1)!.summary!.value[0]!.image!.encoded_image_string;
  expect(Buffer.from(png).subarray(1, 4).toString()).toBe("PNG");
});

const stepTags = (step: number): string[] =>
  [
    "training/loss",
    "training/top-1 of the batch",
    "training/gradient norm",
    "training/learning rate",
    "speed/images per second",
    "speed/share waited for images",
  ].map((tag) => `${step} ${tag}`);
const validationTags = (step: number): string[] =>
  [
    "validation/top-1",
    "validation/top-5",
    "validation/loss",
    "raw weights/top-1",
    "raw weights/loss",
    "validation/confusion",
  ].map((tag) => `${step} ${tag}`);

test("TensorBoard's own reader finds the same, steps going on over the resume", needs("tensorboard"), () => {
  const printed = execFileSync(python, [join(import.meta.dirname, "read_events.py"), eventFiles], { encoding: "utf8" });
  const { scalars, images } = JSON.parse(printed) as {
    readonly scalars: Readonly<Record<string, readonly (readonly [step: number, value: number])[]>>;
    readonly images: Readonly<Record<string, readonly (readonly [step: number, width: number, height: number])[]>>;
  };
  const steps = (tag: string) => scalars[tag]!.map(([step]) => step);
  expect(steps("training/loss")).toEqual([1, 2, 3]);
  expect(steps("training/learning rate")).toEqual([1, 2, 3]);
  expect(steps("validation/top-1")).toEqual([3]);
  expect(scalars["training/loss"]!.every(([, loss]) => loss > 0)).toBe(true);
  expect(images["training/first crops"]!.map(([step]) => step)).toEqual([0]);
  expect(images["validation/confusion"]).toEqual([[3, 480, 480]]);
});

test("none where the experiment asks for none", async () => {
  const { folder, source, sets } = given;
  const { run } = await sit(experimentOn(source), sets, { folder });
  expect(readdirSync(run.path)).not.toContain("tensorboard");
});

test("a matrix has a square for each pair, white where there are none", () => {
  const { pixels, side } = matrixOf(
    [
      [0, 0],
      [1, 0],
      [1, 1],
    ],
    2,
  );
  expect(side).toBe(480);
  const at = (x: number, y: number) => [...pixels.subarray(3 * (y * side + x), 3 * (y * side + x) + 3)];
  expect([at(10, 10), at(300, 10), at(10, 300), at(300, 300)]).toEqual([
    [8, 48, 107],
    [255, 255, 255],
    [132, 152, 181],
    [132, 152, 181],
  ]);
  expect(matrixOf([], 3).side).toBe(0);
});
