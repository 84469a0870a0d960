// The phases of a run as data: their steps, what they freeze, and when features are computed once.
import { describe, expect, test } from "vitest";
import { parseExperiment } from "../../src/config/load.ts";
import { classifiers, owners, selected } from "../../src/interpret/selection.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import { phaseLength, phasesOf } from "../../src/train/phases.ts";

const still = ["augment.crop=none", "augment.flip=false", "augment.color=off"];
const text = "recipe: paper\nnetwork: { name: googlenet }\ndata: { train: photos }\ntrain: { batch: 10, epochs: 3 }";
const experimentOf = (...sets: string[]) => parseExperiment(text, "my.yaml", sets).experiment;
const network = buildNetwork({ ...experimentOf().network, classes: 5 }, 224);
const phases = (pictures: number, ...sets: string[]) => phasesOf(experimentOf(...sets), network, pictures);

test("a run of one phase learns everything, from pictures", () => {
  expect(phases(105)).toEqual([
    expect.objectContaining({
      name: "main",
      first: 0,
      end: 30,
      frozen: [],
      views: 0,
      learningRate: 0.045,
      brief: false,
    }),
  ]);
});

describe("the head first", () => {
  const [head, main] = phases(
    105,
    "train.headFirst={ epochs: 2, learningRate: 0.5, views: 3 }",
    "train.warmupEpochs=1",
  );
  test("comes before the run's own length, at a rate of its own without warm-up", () => {
    expect(head).toMatchObject({ name: "head", first: 0, end: 20, learningRate: 0.5, warmupEpochs: 0, brief: true });
    expect(main).toMatchObject({ name: "main", first: 20, end: 50, learningRate: 0.045, warmupEpochs: 1, views: 0 });
    expect(phaseLength(main!, { stepsPerEpoch: 10, steps: 50 })).toEqual({ stepsPerEpoch: 10, steps: 30 });
  });
  test("freezes all but the network's own classifier, and has features of each version", () => {
    const left = owners(network).filter(({ path }) => !head!.frozen.includes(path));
    expect(left.map(({ path }) => path)).toEqual(["Logits/dense"]);
    expect(classifiers(network)).toHaveLength(3);
    expect([head!.views, head!.plainFirst]).toEqual([3, true]);
  });
});

describe("features are computed once", () => {
  const viewsOf = (pictures: number, ...sets: string[]) => phases(pictures, ...sets)[0]!.views;
  test("where what is frozen begins at the input and pictures stay the same", () => {
    expect(viewsOf(100, "train.freeze=trunk", ...still)).toBe(1);
    expect(viewsOf(100, "train.freeze=through Mixed_4b", ...still)).toBe(1);
    expect(viewsOf(100, "train.freeze=trunk", ...still.slice(1))).toBe(0);
    expect(viewsOf(100, "train.freeze=Mixed_5b", ...still)).toBe(0);
    expect(viewsOf(100, ...still)).toBe(0);
  });
  test("unless they take more than 16 GiB", () => {
    // 14 x 14 maps of 512 channels after Mixed_4b: 401,408 bytes for a picture.
    const most = Math.floor((16 * 2 ** 30) / 401408);
    const sets = ["train.freeze=through Mixed_4b", ...still];
    expect([viewsOf(most, ...sets), viewsOf(most + 1, ...sets)]).toEqual([1, 0]);
  });
});

test("what is frozen is what the words mean", () => {
  const [phase] = phases(100, "train.freeze=[through Mixed_3c, Mixed_5*]");
  expect(phase!.frozen).toEqual([...selected(network, "through Mixed_3c"), ...selected(network, "Mixed_5*")]);
});
