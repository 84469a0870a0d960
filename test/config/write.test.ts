import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { defaultConfig, shippedConfigs } from "../../src/config/find.ts";
import { loadExperiment, parseExperiment } from "../../src/config/load.ts";
import { toYaml } from "../../src/config/write.ts";

const shipped = await shippedConfigs();

describe("an experiment written as YAML", () => {
  it.each(shipped)("of %s reads back to the same experiment and the same text", async (name) => {
    const { experiment } = await loadExperiment(name);
    const text = toYaml(experiment);
    const again = parseExperiment(text, "elsewhere/config.yaml").experiment;
    expect(again).toEqual(experiment);
    expect(toYaml(again)).toBe(text);
  });

  it.each(["null", "1e3", "yes", "a: b", "#x", "*x", "- y", " z ", "ü/ö", "line\nbreak", "'\"", "~"])(
    "keeps a path called %j",
    (path) => {
      const { experiment } = parseExperiment("data: { train: . }", "my.yaml");
      const named = { ...experiment, data: { ...experiment.data, train: `/${path}`, validation: `/photos/${path}` } };
      expect(parseExperiment(toYaml(named), "my.yaml").experiment).toEqual(named);
    },
  );

  it("keeps null, which is not the default", () => {
    const text = "data: { train: . }\ntrain: { clipNorm: null, averageDecay: null }";
    const { experiment } = parseExperiment(text, "my.yaml");
    expect(parseExperiment(toYaml(experiment), "my.yaml").experiment.train).toMatchObject({
      clipNorm: null,
      averageDecay: null,
    });
  });
});

it("the paper's networks, a photograph set and the quickstart are shipped", () => {
  expect(shipped).toEqual(
    expect.arrayContaining([
      "bn-inception-paper",
      "googlenet-paper",
      "imagenette-128",
      "imagenette-128-long",
      "inception-v2-paper",
      "inception-v3-paper",
      "quickstart",
    ]),
  );
});

it("the config where none is given is ./inception.yaml, else the quickstart", () => {
  const before = process.cwd();
  const folder = mkdtempSync(join(tmpdir(), "inception-default-"));
  try {
    process.chdir(folder);
    expect(defaultConfig()).toBe("quickstart");
    writeFileSync("inception.yaml", "data: { train: . }");
    expect(defaultConfig()).toBe("inception.yaml");
  } finally {
    process.chdir(before);
    rmSync(folder, { recursive: true });
  }
});
