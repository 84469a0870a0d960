import { describe, expect, test } from "vitest";
import { allKeys, expected, experimentJsonSchema, keysAt } from "../../src/config/expected.ts";

type Json = { description?: string; properties?: Record<string, Json>; anyOf?: Json[]; oneOf?: Json[] };

const undescribed = (schema: Json, path = ""): string[] =>
  (schema.anyOf ?? schema.oneOf ?? [schema]).flatMap((variant) =>
    Object.entries(variant.properties ?? {}).flatMap(([key, below]) => [
      ...(below.description ? [] : [path + key]),
      ...undescribed(below, `${path}${key}.`),
    ]),
  );

test("every key says what it means", () => {
  expect(undescribed(experimentJsonSchema())).toEqual([]);
});

describe("what the schema accepts, in words", () => {
  test.each([
    ["train.batch", "a whole number above 0"],
    ["train.averageDecay", "a number from 0 to 1 or null"],
    ["network.width", "a number above 0 and at most 4"],
    ["network.dropout", "a number at least 0 and below 1"],
    ["network.stemStride", "one of 1, 2"],
    ["train.optimizer.name", "one of sgd, momentum, rmsprop, adamw, muon"],
    ["data.validation", "a text or a section"],
    ["train", "a section"],
    ["train.classWeights", "one of none, auto or a section"],
    ["train.classWeights.owl", "a number above 0"],
    ["augment.mix", "a section or null"],
  ])("%s: %s", (path, words) => {
    expect(expected(path.split("."))).toBe(words);
  });
});

test("the keys of a section are those of all its variants", () => {
  const keys = ["name", "momentum", "nesterov", "decay", "epsilon", "beta1", "beta2", "restRate"];
  expect(keysAt(["train", "optimizer"])).toEqual(keys);
  expect(keysAt(["nowhere"])).toEqual([]);
  expect(allKeys()).toEqual(expect.arrayContaining(["seed", "train.schedule.rise", "data.validation.holdOut"]));
});
