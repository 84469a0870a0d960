import { describe, expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import type { Experiment } from "../../src/config/schema.ts";
import { releasedSwitches } from "../../src/network/switches.ts";
import { changesInWords, differences } from "../../src/train/differences.ts";

const parse = (...sets: string[]) =>
  parseExperiment('network: { name: inception-v3 }\ndata: { train: "/photos" }\n', "my.yaml", sets).experiment;
/** As a checkpoint has it. */
const stored = (experiment: Experiment) => JSON.parse(JSON.stringify(experiment));

describe("differences", () => {
  test("are the dotted keys with other values", () => {
    expect(differences(stored(parse()), parse())).toEqual([]);
    const other = parse(
      ...["train.learningRate=0.5", "network.block17=asym3", "augment.area=[0.5,1]", "seed=1"],
      "data.jpegReduction=off",
    );
    expect(differences(stored(parse()), other).sort()).toEqual([
      "augment.area",
      "data.jpegReduction",
      "network.block17",
      "seed",
      "train.learningRate",
    ]);
  });

  test("are none where what is trained does not depend on the key", () => {
    const free = ["name=b", "log.everySteps=3", "data.decoders=3", "evaluate.batch=7"];
    free.push("checkpoint.keep=1", "checkpoint.everySteps=2", "checkpoint.everyMinutes=null");
    expect(differences(stored(parse()), parse(...free))).toEqual([]);
  });

  test("are none in what decides when a run ends, so that one which ended early may go on", () => {
    expect(differences(stored(parse("train.patience=3")), parse())).toEqual([]);
    expect(differences(stored(parse()), parse("train.onDivergence={ name: rollback, times: 5 }"))).toEqual([]);
  });

  test("are none in where pictures lie and what becomes of bad ones, which is said instead", () => {
    const [before, moved] = [
      parse("data.validation=/photos/val"),
      parse("data.train=/mnt/photos", "data.validation=/mnt/val", "data.onBadImage=skip", "data.badImageLimit=0.1"),
    ];
    expect(differences(stored(before), moved)).toEqual([]);
    expect(changesInWords(before, moved)).toEqual([
      "data.train: /photos -> /mnt/photos",
      "data.validation: /photos/val -> /mnt/val",
      "data.onBadImage: fail -> skip",
      "data.badImageLimit: 0.01 -> 0.1",
    ]);
    expect(differences(stored(before), parse()).sort()).toEqual(["data.validation.holdOut"]);
  });

  test("are none where an older checkpoint lacks a key that has its default", () => {
    const old = stored(parse());
    for (const key of Object.keys(releasedSwitches)) delete old.network[key];
    expect(differences(old, parse())).toEqual([]);
    expect(differences(old, parse("network.nBlocks17=5"))).toEqual(["network.nBlocks17"]);
  });

  test("are told of an experiment that is none any more", () => {
    expect(differences({ ...stored(parse()), network: { name: "vgg" } }, parse())).toContain("network.name");
  });
});
