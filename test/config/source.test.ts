import { describe, expect, it } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import { nearest } from "../../src/config/nearest.ts";
import { readSource } from "../../src/config/source.ts";

describe("the text of an experiment", () => {
  it("is one document: a second is refused rather than ignored", () => {
    const text = "data: { train: photos }\n---\nseed: 1\n";
    expect(readSource(text).refused).toEqual([
      { path: [], message: expect.stringContaining("multiple documents"), offset: text.indexOf("---") },
    ]);
    expect(() => parseExperiment(text, "my.yaml")).toThrow(/^my\.yaml:2:1: /);
  });

  it("may be JSON", () => {
    const { experiment } = parseExperiment('{"data": {"train": "photos"}, "seed": 7}', "my.json");
    expect(experiment.seed).toBe(7);
  });
});

describe("guesses", () => {
  it.each([
    ["trian", "train"],
    ["sede", "seed"],
    ["optimzer", "optimizer"],
  ])("%s was meant as %s", (word, meant) => {
    expect(nearest(word, ["train", "seed", "optimizer", "log"])).toBe(`; did you mean ${meant}?`);
  });

  it.each(["foo", "x", "picture"])("%s was meant as nothing here", (word) => {
    expect(nearest(word, ["train", "seed", "optimizer", "log"])).toBe("");
  });
});
