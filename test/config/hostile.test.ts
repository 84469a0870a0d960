// Documents made to break the reader: each is a usage error that names the place, quickly and without a trace.
import { afterEach, expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import { UserError } from "../../src/errors.ts";

const polluting = ["__proto__", "constructor", "prototype"].flatMap((key) => [
  `${key}: { polluted: 1 }`,
  `"${key}": { polluted: 1 }`,
  `? ${key}\n: polluted: 1`,
  `{"data": {"train": "x"}, "${key}": {"polluted": 1}}`,
  `data: { train: x, ${key}: { polluted: 1 } }`,
  `data:\n  train: x\n  ${key}:\n    polluted: 1`,
  `data: { train: x }\ntrain: { optimizer: { name: sgd, ${key}: { polluted: 1 } } }`,
  `data: { train: x }\naugment: { area: [{ ${key}: { polluted: 1 } }, 1] }`,
  `data: { train: x, validation: { ${key}: { polluted: 1 } } }`,
]);
const pollutingSets = ["__proto__", "constructor", "prototype"].flatMap((key) => [
  `${key}.polluted=1`,
  `train.${key}.polluted=1`,
  `train.optimizer.${key}=1`,
  `train.batch.${key}=1`,
  `train={ ${key}: { polluted: 1 } }`,
  `data.validation={"${key}": {"polluted": 1}}`,
]);
const merging = [
  "<<: { seed: 1 }\ndata: { train: x }",
  "a: &a { seed: 1 }\n<<: *a",
  "data: { train: x, <<: { size: 3 } }",
];

afterEach(() => {
  expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  expect(Object.keys(Object.prototype)).toEqual([]);
});

test.each([...polluting, ...merging])("document %#: %j", (text) => {
  expect(() => parseExperiment(text, "my.yaml")).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/this key is refused|got an alias/), reason: "usage" }),
  );
});

test.each(pollutingSets)("--set %s", (set) => {
  expect(() => parseExperiment("data: { train: x }", "my.yaml", [set])).toThrow(
    expect.objectContaining({ message: expect.stringMatching(/^--set .*this key is refused$/), reason: "usage" }),
  );
});

const deep = 20_000;
const bomb = Array.from({ length: 20 }, (_, i) => `l${i}: &l${i} [${i ? `*l${i - 1},`.repeat(10) : "x"}]`).join("\n");

test.each([
  ["nested sequences", "[".repeat(deep) + "]".repeat(deep), /64 levels of nesting/],
  ["nested maps", `${'{"a":'.repeat(deep)}1${"}".repeat(deep)}`, /64 levels of nesting/],
  ["nested dashes", `${"- ".repeat(deep)}x`, /64 levels of nesting/],
  ["65 levels", `${"{a: ".repeat(66)}1${"}".repeat(66)}`, /a\.a\.a: expected at most 64 levels/],
  ["an alias bomb", bomb, /got an alias/],
  ["an endless alias", "a: &a { b: *a }", /got an alias/],
  ["a function", "data: !!js/function 'function () {}'", /Unresolved tag/],
  ["an own tag", "data: !thing { train: x }", /Unresolved tag/],
  ["a key twice", "data: { train: x, train: y }", /1:19: data\.train: this key comes twice/],
  ["a key twice in JSON", '{"seed": 1, "seed": 2}', /seed: this key comes twice/],
  ["tabs", "data:\n\ttrain: x", /Tabs are not allowed/],
  ["two documents", "data: { train: x }\n---\nseed: 1", /multiple documents/],
  ["a map as a key", "? { a: 1 }\n: 2", /expected every key to be a word/],
  ["a number as a key", "1: 2", /expected every key to be a word/],
  ["nonsense", "\u0000\u0001", /my\.yaml/],
  ["30,000 keys", Array.from({ length: 30_000 }, (_, i) => `k${i}: 1`).join("\n"), /29980 more unknown keys/],
])("%s", (_what, text, pattern) => {
  const start = process.cpuUsage();
  expect(() => parseExperiment(text, "my.yaml")).toThrow(UserError);
  expect(() => parseExperiment(text, "my.yaml")).toThrow(pattern);
  // The processor's time: a busy machine makes nothing slow.
  expect(process.cpuUsage(start).user / 1000).toBeLessThan(4000);
});

test("more than 1 MiB is refused unread", () => {
  expect(() => parseExperiment(`# ${"x".repeat(1024 * 1024)}`, "my.yaml")).toThrow("expected at most 1 MiB of text");
});
