import { describe, expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";

const text = "data: { train: photos, size: 299 }\ntrain: { epochs: 2, optimizer: { name: rmsprop, epsilon: 0.5 } }\n";
const read = (...sets: string[]) => parseExperiment(text, "my.yaml", sets).experiment;

describe("--set", () => {
  test.each([
    ["train.batch=16", (e: ReturnType<typeof read>) => e.train.batch, 16],
    ["train.learningRate=1e-3", (e: ReturnType<typeof read>) => e.train.learningRate, 0.001],
    ["train.clipNorm=null", (e: ReturnType<typeof read>) => e.train.clipNorm, null],
    ["augment.flip=false", (e: ReturnType<typeof read>) => e.augment.flip, false],
    ["augment.area=[0.5, 1]", (e: ReturnType<typeof read>) => e.augment.area, [0.5, 1]],
    ["name=a=b".replace("=b", "-b"), (e: ReturnType<typeof read>) => e.name, "a-b"],
    ["data.validation.holdOut=0.2", (e: ReturnType<typeof read>) => e.data.validation, { holdOut: 0.2 }],
    ["train.optimizer={ name: sgd }", (e: ReturnType<typeof read>) => e.train.optimizer, { name: "sgd" }],
    ["train.schedule.name=cosine", (e: ReturnType<typeof read>) => e.train.schedule, { name: "cosine", final: 0 }],
  ])("%s", (set, pick, value) => {
    expect(pick(read(set))).toEqual(value);
  });

  test("a value may hold an equals sign", () => {
    expect(read("data.train=/a=b").data.train).toBe("/a=b");
  });

  test("the last of several settings of one key wins", () => {
    expect(read("train.batch=8", "train.batch=4").train.batch).toBe(4);
  });

  test("a part of a list has its place in it, or the one after the last", () => {
    expect(read("augment.area=[0.5]", "augment.area.1=0.75").augment.area).toEqual([0.5, 0.75]);
    for (const place of ["3", "1000000000", "99999999999999999999", "last"])
      expect(() => read("augment.area=[0.5, 1]", `augment.area.${place}=1`)).toThrow(
        `--set augment.area.${place}: expected 0 to 2, a place in augment.area`,
      );
  });

  test("setting a length takes the file's other one away", () => {
    expect(read("train.steps=7").train).toMatchObject({ steps: 7 });
    expect(read("train.steps=7").train.epochs).toBeUndefined();
    expect(() => read("train.steps=7", "train.epochs=1")).toThrow("got both");
  });

  test.each([
    ["train.batch", "--set train.batch: expected key=value, such as train.batch=16"],
    ["=3", "--set : expected key=value, such as train.batch=16"],
    ["train..batch=3", "--set train..batch: expected key=value, such as train.batch=16"],
    ["train.batch=0", "--set train.batch: expected a whole number above 0, got 0"],
    ["train.batch=", "--set train.batch: expected a whole number above 0, got nothing"],
    ["augment={flip:false}", "--set augment.flip:false: unknown key; YAML wants a space after the colon: flip: false"],
    ["train.bach=3", "--set train.bach: unknown key; did you mean train.batch?"],
    ["train.epochs.x=3", "--set train.epochs.x: train.epochs is not a section"],
    [
      "data.validation={ holdOot: 1, holdOut: 0.5 }",
      "--set data.validation.holdOot: unknown key; did you mean data.validation.holdOut?",
    ],
    ["train.optimizer.name=sgd", 'my.yaml:2:49: train.optimizer.epsilon: not a key of "sgd"'],
    ["augment.area=[1", '--set augment.area: expected a YAML value, got "[1" (Flow sequence must end with a ])'],
  ])("%s is refused", (set, sentence) => {
    expect(() => read(set)).toThrow(expect.objectContaining({ message: sentence, reason: "usage" }));
  });
});
