// The first file for a set: it reads back to the experiment that the set's recipe gives, and every key says what it means.
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { readExperiment } from "../../src/config/load.ts";
import { starterYaml } from "../../src/config/starter.ts";

const read = async (text: string, pictures: number) =>
  (await readExperiment(text, "my.yaml", [], async () => ({ pictures, classes: 10 }))).experiment;

describe.each([300, 9000, 1_200_000])("of %d pictures", (pictures) => {
  test.each(['{ data: { train: "/x y" } }', "{ data: { train: /x }, train: { steps: 500 } }"])("%s", async (text) => {
    const experiment = await read(text, pictures);
    const starter = starterYaml(experiment, ["Some pictures"]);
    expect(await read(starter, pictures)).toEqual(experiment);
    expect(starter).toMatch(/^# Some pictures\n\n/);
    for (const line of starter.split("\n")) expect(line).not.toMatch(/undefined/);
    const lines = starter.split("\n");
    const keys = lines.flatMap((line, i) => (/^ *[a-zA-Z]+: ./.test(line) ? [i] : []));
    expect(keys.length).toBeGreaterThan(15);
    for (const i of keys) expect(lines[i - 1], lines[i]).toMatch(/^ *# ./);
  });
});

test("what is chosen stays where it was chosen", async () => {
  const experiment = await read("{ data: { train: /x, size: 64 }, train: { epochs: 3 } }", 900);
  expect(parse(starterYaml(experiment, []))).toMatchObject({ data: { size: 64 }, train: { epochs: 3 } });
});
