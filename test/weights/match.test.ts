// Every tensor of a file is accounted for: matched, missing, of another shape, left over or of no use.
import { describe, expect, test } from "vitest";
import { detect } from "../../src/weights/detect.ts";
import type { ForeignFile, ForeignTensor } from "../../src/weights/foreign.ts";
import { isWhole, matchNetwork } from "../../src/weights/match.ts";
import { foreignNetworks } from "../../src/weights/sources/all.ts";
import { madeInOrder } from "../../src/weights/sources/keras.ts";
import { networkNamed, shapesOf } from "./foreign-file.ts";

const foreign = networkNamed("torchvision", "googlenet");
const whole = shapesOf(foreign, 10);
const changed = (change: (tensors: Map<string, ForeignTensor>) => void): ForeignFile => {
  const tensors = new Map(whole.tensors);
  change(tensors);
  return { ...whole, tensors };
};
const matchOf = (file: ForeignFile) => matchNetwork(foreign, file, 224);
const tensor = (...shape: number[]): ForeignTensor => ({ shape, data: new Float32Array() });

describe("a file", () => {
  test("of which every tensor matches is whole, counters of batches aside", () => {
    const match = matchOf(changed((tensors) => tensors.set("conv1.bn.num_batches_tracked", tensor())));
    expect(match.matched).toHaveLength(whole.tensors.size);
    expect(match.ignored).toEqual([
      { what: "batch norm's counters of batches", names: ["conv1.bn.num_batches_tracked"] },
    ]);
    expect(isWhole(match)).toBe(true);
    expect(match.options).toMatchObject({ classes: 10, auxiliary: "both", norm: "batch" });
  });

  test("that lacks a tensor says which, by both names", () => {
    const match = matchOf(changed((tensors) => tensors.delete("inception4c.branch3.1.bn.running_var")));
    expect(match.missing.map(({ theirs, variable }) => [theirs, variable.name])).toEqual([
      ["inception4c.branch3.1.bn.running_var", "Mixed_4d/b5x5/1/batchNorm/movingVariance"],
    ]);
    expect(isWhole(match)).toBe(false);
  });

  test("with a tensor of another shape says what was expected", () => {
    const match = matchOf(changed((tensors) => tensors.set("conv1.conv.weight", tensor(64, 3, 5, 5))));
    expect(match.wrongShape.map(({ name, shape, found }) => [name, shape, found])).toEqual([
      ["conv1.conv.weight", [64, 3, 7, 7], [64, 3, 5, 5]],
    ]);
    expect(isWhole(match)).toBe(false);
  });

  test("with a kernel of 1x7 in the place of one of 7x1 does not match", () => {
    const v3 = networkNamed("torchvision", "inception_v3");
    const { format, tensors } = shapesOf(v3, 10);
    const turned = new Map(tensors).set("Mixed_6b.branch7x7_2.conv.weight", tensor(128, 128, 7, 1));
    expect(matchNetwork(v3, { format, tensors }, 299).wrongShape).toEqual([]);
    expect(matchNetwork(v3, { format, tensors: turned }, 299).wrongShape).toMatchObject([
      { shape: [128, 128, 1, 7], found: [128, 128, 7, 1] },
    ]);
  });

  test("with a tensor too many names it", () => {
    const match = matchOf(changed((tensors) => tensors.set("extra.weight", tensor(3))));
    expect(match.leftOver).toEqual(["extra.weight"]);
    expect(isWhole(match)).toBe(false);
  });

  test("may lack the auxiliary heads, all of them", () => {
    const without = changed((tensors) => {
      for (const name of [...tensors.keys()]) if (name.startsWith("aux")) tensors.delete(name);
    });
    expect(matchOf(without).options).toMatchObject({ auxiliary: "off" });
    expect(isWhole(matchOf(without))).toBe(true);
    const half = changed((tensors) => {
      for (const name of [...tensors.keys()]) if (name.startsWith("aux2")) tensors.delete(name);
    });
    expect(isWhole(matchOf(half))).toBe(false);
  });

  test("may have sides of one more or less, as Caffe's old blobs", () => {
    const caffe = networkNamed("caffe", "bvlc_googlenet");
    const tensors = new Map(shapesOf(caffe, 10, false).tensors);
    tensors.set("loss3/classifier/0", tensor(1, 1, 10, 1024)).set("loss3/classifier/1", tensor(1, 1, 1, 10));
    expect(isWhole(matchNetwork(caffe, { format: "caffe", tensors }, 224))).toBe(true);
  });

  test("may have what a training script puts before its names", () => {
    const wrapped = new Map([...whole.tensors].map(([name, one]) => [`module.${name}`, one] as const));
    expect(isWhole(matchOf({ ...whole, tensors: wrapped }))).toBe(true);
  });
});

test.each(foreignNetworks)("$source $name is found by its names, and has as many as its tensors", (one) => {
  const heads = one.source !== "timm" && one.heads !== undefined;
  const file = shapesOf(one, 7, heads);
  const found = detect("file", file, {});
  expect([found.foreign.source, found.foreign.name]).toEqual([one.source, one.name]);
  expect(isWhole(found)).toBe(true);
  expect(found.options.classes).toBe(7);
});

test("other networks' files are refused", () => {
  const tensors = new Map([["layer1.0.conv1.weight", tensor(64, 64, 3, 3)]]);
  expect(() => detect("resnet.pth", { format: "pytorch", tensors }, {})).toThrow(
    expect.objectContaining({ reason: "foreignWeights", message: expect.stringMatching(/resnet\.pth: .*"layer1\.0/) }),
  );
});

describe("Keras' names", () => {
  const keras = networkNamed("keras", "InceptionV3");
  const renamed = (to: (name: string) => string): ForeignFile => {
    const { format, tensors } = shapesOf(keras, 7);
    return { format, tensors: new Map([...tensors].map(([name, one]) => [to(name), one])) };
  };

  test("may be numbered on from other models, and lie in one", () => {
    const later = renamed((name) =>
      `inception_v3/${name}:0`.replace(
        /(conv2d|batch_normalization)(?:_(\d+))?\//,
        (_all, kind, n = 0) => `${kind}_${+n + 94}/`,
      ),
    );
    const match = matchNetwork(keras, later, 299);
    expect(isWhole(match)).toBe(true);
    expect(match.matched[0]!.name).toBe("inception_v3/conv2d_94/kernel:0");
  });

  test("that lack a layer are not numbered anew", () => {
    const { format, tensors } = shapesOf(keras, 7);
    const others = [...tensors].filter(([name]) => !name.startsWith("conv2d_40/"));
    const match = matchNetwork(keras, { format, tensors: new Map(others) }, 299);
    expect(match.missing.map(({ theirs }) => theirs)).toEqual(["conv2d_40/kernel"]);
    expect(match.leftOver).toEqual([]);
  });

  const order = ["beta", "moving_mean", "moving_variance"];
  const numbered = (name: string): string =>
    name.replace(/\/(\w+)$/, (_all, what: string) => `/vars/${Math.max(order.indexOf(what), what === "bias" ? 1 : 0)}`);

  test("may have numbers for their variables", () => {
    expect(isWhole(matchNetwork(keras, renamed(numbered), 299))).toBe(true);
  });

  test("may be places in the model's list of layers, which is not the order in which they were made", () => {
    const listed = renamed((name) =>
      `layers/${numbered(name)}`.replace(/(conv2d|batch_normalization)(?:_(\d+))?\//, (_all, kind, made = 0) => {
        const place = madeInOrder.indexOf(Number(made));
        return `${kind}${place === 0 ? "" : `_${place}`}/`;
      }),
    );
    const match = matchNetwork(keras, listed, 299);
    expect(isWhole(match)).toBe(true);
    // As Keras 3.15 lists them: conv2d_8 is the sixth, conv2d_93 the last.
    const place = (name: string) => match.matched.find((one) => one.name === name)!.variable.name;
    expect(place("layers/conv2d_5/vars/0")).toBe("Mixed_5b/b3x3dbl/0/conv/kernel");
    expect(place("layers/conv2d_93/vars/0")).toBe("Mixed_7c/pool/1/conv/kernel");
  });
});
