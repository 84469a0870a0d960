// Recipes: what a file leaves out is theirs, what it says is not, and scratch follows from the set alone.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { completeText, loadExperiment, parseExperiment, readExperiment } from "../../src/config/load.ts";
import type { SetSize } from "../../src/config/recipe.ts";
import type { Experiment } from "../../src/config/schema.ts";
import { toYaml } from "../../src/config/write.ts";

const small: SetSize = { pictures: 540, classes: 4 };
const text = "data: { train: photos }\n";
const read = (file: string, set: SetSize = small, ...sets: string[]): Experiment =>
  parseExperiment(file, "my.yaml", sets, set).experiment;
const schemaOf = (file: string): Experiment => parseExperiment(file, "my.yaml").experiment;

describe("scratch, where no recipe is named", () => {
  test("decides what a file leaves out, network and size included", () => {
    const { recipe, network, data, train } = read(text);
    expect(recipe).toBe("scratch");
    expect(network).toMatchObject({ name: "bn-inception", width: 0.5 });
    expect(data.size).toBe(128);
    expect(train).toMatchObject({ schedule: { name: "one-cycle" }, optimizer: { name: "momentum" } });
  });

  test("leaves every value that the file has as it is", () => {
    const whole = { ...schemaOf(text), recipe: "scratch" as const };
    expect(read(toYaml(whole), { pictures: 9, classes: 2 })).toEqual(whole);
    expect(read(text, small, "train.learningRate=0.3", "augment.area=[0.2, 0.9]")).toMatchObject({
      train: { learningRate: 0.3, batch: read(text).train.batch },
      augment: { area: [0.2, 0.9] },
    });
  });

  test("takes a network that is named as it was published, and adds to its own where only a switch is given", () => {
    const named = read(`${text}network: { name: inception-v3 }\n`);
    expect(named.network).toEqual(schemaOf(`${text}network: { name: inception-v3 }\n`).network);
    expect(named.data.size).toBe(299);
    expect(read(`${text}network: { width: 1 }\n`).network).toEqual({ ...read(text).network, width: 1 });
  });

  test("has each network learn in a way that suits it, unless the file names another", () => {
    const updates = (name: string, ...sets: string[]) => {
      const { optimizer, learningRate, clipNorm } = read(`${text}network: { name: ${name} }\n`, small, ...sets).train;
      return [optimizer.name, learningRate, clipNorm];
    };
    expect(updates("bn-inception")).toEqual(["momentum", 0.05, 2]);
    expect(updates("inception-v2")).toEqual(["rmsprop", 0.0003, null]);
    expect(updates("inception-v3")).toEqual(["rmsprop", 0.0003, null]);
    expect(updates("googlenet")).toEqual(["momentum", 0.01, 2]);
    expect(updates("inception-v3", "train.optimizer.name=momentum")).toEqual(["momentum", 0.05, 2]);
    expect(updates("googlenet", "train.optimizer={ name: momentum, momentum: 0.8 }")).toEqual(["momentum", 0.01, 2]);
  });

  test("learns faster, by Muon, where each picture is seen less than thirty times", () => {
    const updates = (set: SetSize, ...sets: string[]) => {
      const { optimizer, batch } = read(text, set, ...sets).train;
      return [optimizer.name, batch];
    };
    const middle = { pictures: 8500, classes: 10 };
    expect(updates(middle)).toEqual(["muon", 32]);
    expect(updates(middle, "train.epochs=30")).toEqual(["momentum", 16]);
    expect(updates(middle, "train.batch=64")).toEqual(["muon", 64]);
    expect(updates(middle, "train.optimizer.name=momentum")).toEqual(["momentum", 16]);
    expect(updates(middle, "network.name=googlenet")).toEqual(["momentum", 16]);
    expect(updates(small, "train.epochs=29")).toEqual(["muon", 32]);
    expect(updates(small, "train.steps=50")).toEqual(["muon", 32]);
    expect(updates({ pictures: 20_000, classes: 10 })).toEqual(["momentum", 32]);
  });

  test("gives steps no epochs, and another optimizer or schedule its own keys", () => {
    const { train } = read(text, small, "train.steps=50");
    expect([train.steps, train.epochs]).toEqual([50, undefined]);
    const other = read(text, small, "train.optimizer.name=rmsprop", "train.schedule.name=cosine").train;
    expect(other.optimizer).toMatchObject({ name: "rmsprop", epsilon: 1e-8 });
    expect(other.learningRate).toBeLessThan(read(text).train.learningRate / 10);
    expect(other.schedule).toEqual({ name: "cosine", final: 0 });
  });

  test("keeps four cells or more of a small picture", () => {
    const stems = [32, 64, 128, 224].map((size) => {
      const { network } = read(text, small, `data.size=${size}`);
      return [network.stemStride, network.stemPool];
    });
    expect(stems).toEqual([
      [1, false],
      [1, true],
      [2, true],
      [2, true],
    ]);
  });

  test("is a valid experiment for any set, with averages shorter than the run, and the same again", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000_000 }),
        fc.integer({ min: 2, max: 1000 }),
        fc.constantFrom([], ["train.steps=1"], ["train.batch=256"], ["data.size=32"], ["train.epochs=0.5"]),
        (pictures, classes, sets) => {
          const experiment = read(text, { pictures, classes }, ...sets);
          expect(read(toYaml(experiment), { pictures: 1, classes: 2 })).toEqual(experiment);
          const { epochs = 1, steps, batch, averageDecay, batchNormDecay } = experiment.train;
          const length = steps ?? Math.round(epochs * Math.max(1, Math.floor(pictures / batch)));
          const longest = Math.max(2, length / 9);
          expect(1 / (1 - averageDecay!)).toBeLessThanOrEqual(longest + 1e-6);
          expect(batchNormDecay).toBeLessThanOrEqual(averageDecay!);
        },
      ),
      { numRuns: 60 },
    );
  });

  test("mixes pictures that are seen thirty times or more", () => {
    const mix = (...sets: string[]) => read(text, small, ...sets).augment.mix?.name;
    expect(mix()).toBe("either");
    expect(mix("train.epochs=30")).toBe("either");
    expect(mix("train.epochs=29")).toBeUndefined();
    expect(mix("train.steps=100")).toBeUndefined();
    expect(mix("augment.mix=null")).toBeUndefined();
    expect(mix("augment.mix.name=cutmix")).toBe("cutmix");
    expect(read(text, { pictures: 1_000_000, classes: 1000 }).augment.mix).toBeNull();
  });

  test("more pictures are seen in more steps and fewer epochs", () => {
    const lengths = [200, 540, 2000, 10_000, 100_000, 1_000_000].map((pictures) => {
      const { epochs, batch } = read(text, { pictures, classes: 10 }).train;
      return { epochs: epochs!, steps: epochs! * Math.floor(pictures / batch) };
    });
    for (const [i, { epochs, steps }] of lengths.entries()) {
      if (i === 0) continue;
      expect(epochs).toBeLessThanOrEqual(lengths[i - 1]!.epochs);
      expect(steps).toBeGreaterThan(lengths[i - 1]!.steps);
    }
    expect(lengths[0]!.steps).toBeGreaterThan(500);
  });
});

describe("paper", () => {
  test("is the schema's defaults", () => {
    expect(read(`recipe: paper\n${text}`)).toEqual(schemaOf(`recipe: paper\n${text}`));
    expect(schemaOf(`recipe: paper\n${text}`)).toMatchObject({
      network: { name: "inception-v3", width: 1 },
      train: { learningRate: 0.045, optimizer: { name: "rmsprop", epsilon: 1 }, averageDecay: 0.9999 },
    });
  });

  test.each(["inception-v3-paper", "inception-v2-paper", "bn-inception-paper", "googlenet-paper"])(
    "%s is counted for nothing",
    async (name) => {
      const { experiment } = await loadExperiment(name, [], () => expect.fail("it was counted"));
      expect(experiment.recipe).toBe("paper");
    },
  );
});

test.each(["imagenette-128", "imagenette-128-long", "quickstart"])("%s leaves nothing to a recipe", async (name) => {
  const { experiment } = await loadExperiment(name, [], () => expect.fail("it was counted"));
  expect(experiment).toEqual((await loadExperiment(name)).experiment);
});

describe("the pictures", () => {
  const survey = async () => small;

  test("are counted where the file leaves something to the recipe", async () => {
    const { experiment } = await readExperiment(text, "my.yaml", [], survey);
    expect(experiment).toEqual(read(text));
  });

  test("are not where it does not", async () => {
    const whole = toYaml(read(text));
    const { experiment } = await readExperiment(whole, "my.yaml", [], () => expect.fail("they were counted"));
    expect(experiment).toEqual(read(text));
  });

  test("settle a base's text, so that a change of a row changes nothing else", async () => {
    const sets = ["train.batch=32", "network.name=inception-v3"];
    const settled = await completeText(text, "my.yaml", sets, survey);
    expect(parseExperiment(settled, "my.yaml", sets).experiment).toEqual(read(text, small, ...sets));
    const row = parseExperiment(settled, "my.yaml", [...sets, "train.batch=64"]).experiment;
    expect(row.train).toEqual({ ...read(text, small, ...sets).train, batch: 64 });
    expect(await completeText(settled, "my.yaml", sets, () => expect.fail("they were counted"))).toBe(settled);
  });
});

test("an unknown recipe is named with what was probably meant", () => {
  expect(() => read(`recipe: scrach\n${text}`)).toThrow(
    'my.yaml:1:9: recipe: expected one of paper, scratch, finetune, got "scrach"; did you mean scratch?',
  );
});
