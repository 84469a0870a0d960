import { mkdirSync, mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { defaultEpochs, resolveExperiment } from "../../src/config/resolve.ts";
import { experimentSchema } from "../../src/config/schema.ts";

const written = (data: object, train: object = {}) => experimentSchema.parse({ data, train });

describe("a length", () => {
  test("left out is the default", () => {
    expect(resolveExperiment(written({ train: "x" }), "my.yaml").train.epochs).toBe(defaultEpochs);
  });

  test("given in steps stays in steps", () => {
    const { train } = resolveExperiment(written({ train: "x" }, { steps: 5 }), "my.yaml");
    expect(train.steps).toBe(5);
    expect(train.epochs).toBeUndefined();
  });
});

describe("data paths", () => {
  const folder = mkdtempSync(join(tmpdir(), "inception-resolve-"));
  mkdirSync(join(folder, "experiments", "beside"), { recursive: true });
  mkdirSync(join(folder, "here"));
  const place = (train: string) => resolveExperiment(written({ train }), "experiments/my.yaml", folder).data.train;

  test("are taken beside the file where they exist there", () => {
    expect(place("beside")).toBe(join(folder, "experiments", "beside"));
  });

  test.each(["here", "nowhere"])("else from the current directory: %s", (name) => {
    expect(place(name)).toBe(join(folder, name));
  });

  test("stay as they are where absolute", () => {
    expect(place("/photos")).toBe("/photos");
  });

  test("of validation are treated alike; a share is left alone", () => {
    const { data } = resolveExperiment(written({ train: "here", validation: "beside" }), "experiments/my.yaml", folder);
    expect(data.validation).toBe(join(folder, "experiments", "beside"));
    expect(resolveExperiment(written({ train: "here" }), "my.yaml", folder).data.validation).toEqual({ holdOut: 0.1 });
  });
});
