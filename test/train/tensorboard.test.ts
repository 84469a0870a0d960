// A run with event files: what stands in them, over a stop and a resume; and the drawn confusion matrix.
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { matrixOf } from "../../src/train/tensorboard.ts";
import { readEvents } from "../run/events.ts";
import { experimentOn, shapesForAll, sit } from "./support.ts";

const given = shapesForAll();

test("steps, validations, first crops and confusions, each sitting in a file of its own", async () => {
  const { folder, source, sets } = given;
  const experiment = experimentOn(source, "log.tensorboard=true");
  const first = await sit(experiment, sets, { folder, steps: 1 });
  await sit(experiment, sets, { folder, before: first.run });
  const files = readdirSync(join(first.run.path, "tensorboard")).sort((a, b) =>
    a.split(".").at(-1)!.localeCompare(b.split(".").at(-1)!),
  );
  const [before, after] = files.map((name) => readEvents(readFileSync(join(first.run.path, "tensorboard", name))));
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
