// Folders of results: told apart by what was evaluated, never one in the place of another.
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { writeSaved } from "../../src/evaluate/saved.ts";
import type { ViewedModel } from "../../src/evaluate/view.ts";
import {
  type FolderChoice,
  requireSame,
  resultFolder,
  type Subject,
  subjectOf,
} from "../../src/results/result-folder.ts";
import { labels, protocol, rows, savedOf } from "../evaluate/saved-result.ts";

let root: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "inception-folders-"));
  mkdirSync(join(root, "run-1/checkpoints"), { recursive: true });
  writeFileSync(join(root, "run-1/run.json"), "{}");
});
afterEach(() => rmSync(root, { recursive: true, force: true }));

const plain: FolderChoice = { crops: "single", average: "probabilities", precision: "auto" };
const own = "f00df00df00d";
const asTrained = { preset: "tf", size: 299, preprocessing: { preset: "tf", fit: "crop", size: 299 } } as const;
const viewed = {
  ...asTrained,
  preprocessing: { ...asTrained.preprocessing, jpegReduction: "auto" },
} as unknown as Viewed;
type Viewed = Parameters<typeof subjectOf>[0][number];
/** Of what `store` stores, but for what is said. */
const subject = (fingerprint = own, more: Partial<Subject["protocol"]> = {}): Subject => ({
  fingerprint,
  protocol: { ...protocol, ...more },
});
const place = (
  choice: Partial<FolderChoice> = {},
  path = "run-1/checkpoints/step-000000240",
  fingerprint = own,
  view: Partial<ViewedModel> = {},
) =>
  resultFolder({ path: join(root, path), step: 240, kind: "average", ...asTrained, ...view }, subject(fingerprint), {
    ...plain,
    ...choice,
  });
const store = (folder: string, fingerprint = own) => writeSaved(folder, savedOf(rows, labels, { fingerprint }));

test("a run's own pictures need no name; what differs from the default shows", () => {
  expect(place()).toBe(join(root, "run-1/eval/step-240-average"));
  expect(place({ crops: "12", average: "logits", precision: "float32", limit: 9, backgroundClass: true })).toBe(
    join(root, "run-1/eval/step-240-average-12crops-logits-float32-limit9-foreground"),
  );
  expect(place({ jpegReduction: "off" })).toBe(join(root, "run-1/eval/step-240-average-jpeg-off"));
});

test("another view than the checkpoint's shows by what differs", () => {
  const view = { preset: "timm", size: 320, choice: { share: 0.95, kernel: "linear" } } as const;
  expect(place({}, undefined, own, view)).toBe(join(root, "run-1/eval/step-240-average-timm-320px-share0.95-bilinear"));
  expect(place({ crops: "12" }, undefined, own, { size: 320 })).toBe(
    join(root, "run-1/eval/step-240-average-12crops-320px"),
  );
});

test("other pictures have a folder of their own", () => {
  expect(place({ data: "photos/my test.v2.tar" })).toBe(join(root, "run-1/eval/step-240-average-my-test-f00df00d"));
  expect(place({ data: "photos/" }, undefined, "beefbeefbeef")).toMatch(/step-240-average-photos-beefbeef$/);
  store(place());
  expect(place()).toBe(join(root, "run-1/eval/step-240-average"));
  expect(place({}, undefined, "beefbeefbeef")).toBe(join(root, "run-1/eval/step-240-average-beefbeef"));
});

test("a checkpoint outside of a run keeps its results beside it, apart from another's", () => {
  expect(place({}, "models/good")).toBe(join(root, "models/good-eval/step-240-average"));
  expect(place({}, "models/checkpoints/step-000000240")).toBe(
    join(root, "models/checkpoints/step-000000240-eval/step-240-average"),
  );
});

test("a path that ends in a slash or a dot, or starts inside of a run, is the same checkpoint", () => {
  const from = relative("", root);
  const placeOf = (path: string) => resultFolder({ path, step: 240, kind: "average", ...asTrained }, subject(), plain);
  expect(placeOf(`${from}/models/good/`)).toBe(join(from, "models/good-eval/step-240-average"));
  expect(placeOf(`${from}/models/good/.`)).toBe(join(from, "models/good-eval/step-240-average"));
  expect(placeOf(`${root}/run-1/checkpoints/step-000000240/`)).toBe(join(root, "run-1/eval/step-240-average"));
  const start = process.cwd();
  try {
    process.chdir(join(root, "run-1/checkpoints"));
    expect(placeOf("step-000000240")).toBe("../eval/step-240-average");
  } finally {
    process.chdir(start);
  }
});

test("a folder that was given is refused where it holds a result over other pictures", () => {
  const output = join(root, "out");
  expect(place({ output })).toBe(output);
  store(output);
  expect(place({ output })).toBe(output);
  expect(() => place({ output }, undefined, "beef")).toThrow(
    expect.objectContaining({
      reason: "usage",
      message: `${output} holds a result over other pictures, which would be lost`,
    }),
  );
});

const [model] = protocol.models;
test.each<[string, Partial<Subject["protocol"]>, string]>([
  ["crops", { crops: "12" }, "crops single, now 12"],
  [
    "a view",
    { models: [{ ...model!, resize: "short side to 64" }] },
    "the view short side to 55, now short side to 64",
  ],
  ["a precision", { models: [{ ...model!, precision: "bfloat16" }] }, "in float32, now bfloat16"],
  ["models", { models: [model!, model!] }, "models 1, now 2"],
  ["a background class", { background: true }, "a background class false, now true"],
])(
  "a folder that was given is refused where it holds a result with other %s, and the result stays",
  (_, more, what) => {
    const output = join(root, "out");
    store(output);
    const before = readFileSync(join(output, "index.json"), "utf8");
    expect(() => requireSame(output, subject(own, more))).toThrow(
      expect.objectContaining({
        reason: "usage",
        message: `${output} holds a result under another protocol (${what}), which would be lost`,
        hint: "-o takes another folder; remove this one if its result is not needed",
      }),
    );
    expect(readFileSync(join(output, "index.json"), "utf8")).toBe(before);
    expect(requireSame(output, subject())).toBe(output);
  },
);

test("of many crops the average counts, of one crop of one model it does not", () => {
  const output = join(root, "out");
  store(output);
  expect(requireSame(output, subject(own, { average: "logits" }))).toBe(output);
  writeSaved(output, savedOf(rows, labels, { fingerprint: own, protocol: { ...protocol, crops: "12" } }));
  expect(() => requireSame(output, subject(own, { crops: "12", average: "logits" }))).toThrow(
    "an average over probabilities, now logits",
  );
});

test("the run's own folder is refused likewise, where its name does not say the difference", () => {
  store(place());
  const path = join(root, "run-1/checkpoints/step-000000240");
  const other = subject(own, { models: [{ ...model!, precision: "bfloat16" }] });
  expect(() => resultFolder({ path, step: 240, kind: "average", ...asTrained }, other, plain)).toThrow("in float32");
});

test("what is asked is said as it will be stored", () => {
  const { protocol: asked } = subjectOf(
    [viewed],
    own,
    { crops: "12", average: "logits", backgroundClass: true },
    () => "float32",
  );
  expect(asked).toEqual({
    crops: "12",
    average: "logits",
    background: true,
    models: [{ precision: "float32", resize: expect.stringContaining("342") }],
  });
});
