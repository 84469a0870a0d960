// The table of published weights holds together, and with the networks that are known.
import { describe, expect, test } from "vitest";
import { imageNetClasses } from "../../src/published/imagenet-classes.ts";
import { published, publishedNamed, publishedWords } from "../../src/published/weights.ts";
import { foreignOf, picturesOf } from "../../src/weights/foreign-of.ts";

test("no word means two", () => {
  const words = publishedWords();
  expect(new Set(words).size).toBe(words.length);
  expect(words.filter((word) => word !== word.toLowerCase())).toEqual([]);
  const files = published.map(({ file }) => file);
  expect(new Set(files).size).toBe(files.length);
});

test("a network's name alone means weights with a hash where there are any", () => {
  expect(publishedNamed("googlenet")?.name).toBe("googlenet-torchvision");
  expect(publishedNamed("Inception-v3")?.name).toBe("inception-v3-torchvision");
  expect(publishedNamed("bn-inception")?.name).toBe("bn-inception-slim");
  expect(publishedNamed("inception_v3.tf_adv_in1k")?.name).toBe("inception-v3-timm-tf-adv");
  expect(publishedNamed("inception-v4")).toBeUndefined();
});

describe.each(published.map((entry) => [entry.name, entry] as const))("%s", (name, entry) => {
  test("is of a network that is known, whose name it begins with", () => {
    expect(name.startsWith(`${foreignOf(entry).network.name}-${entry.source}`)).toBe(true);
  });

  test("has a hash of its algorithm's length, or the digits that are in the file's name", () => {
    if (entry.hash === "unknown") return expect(entry.source).toMatch(/^(timm|slim)$/);
    const { algorithm, hex } = entry.hash;
    const digits = { sha256: 64, sha1: 40, md5: 32 }[algorithm];
    expect(hex).toMatch(/^[0-9a-f]+$/);
    expect(hex.length === digits || entry.file.includes(`-${hex}.`)).toBe(true);
  });

  test("has an address, and accuracies that can be", () => {
    expect(new URL(entry.url).protocol).toMatch(/^https?:$/);
    expect(entry.file).toMatch(/^[\w.-]+\.(pth|safetensors|h5|caffemodel|tar\.gz)$/);
    if (entry.accuracy === "no classifier") return expect(entry.headless).toBe(true);
    const { top1, top5 } = entry.accuracy;
    expect(65 < top1 && top1 < top5 && top5 < 95).toBe(true);
  });
});

test("timm's conversion of MXNet's weights sees pictures by ImageNet's mean, the others from -1 to 1", () => {
  expect(picturesOf(publishedNamed("gluon_inception_v3")!)).toMatchObject({
    preset: "timm",
    mean: [0.485, 0.456, 0.406],
  });
  expect(picturesOf(publishedNamed("tf_inception_v3")!)).toMatchObject({ preset: "timm", mean: [1, 1, 1] });
});

test("ImageNet's classes", () => {
  expect(imageNetClasses).toHaveLength(1000);
  expect([imageNetClasses[0], imageNetClasses[207], imageNetClasses[999]]).toEqual([
    "n01440764",
    "n02099601",
    "n15075141",
  ]);
  expect([...imageNetClasses].sort()).toEqual(imageNetClasses);
  expect(new Set(imageNetClasses).size).toBe(1000);
});
