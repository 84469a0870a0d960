// ImageNet's GoogLeNet as Caffe released it, imported and tried on photographs.
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openModel } from "../../src/evaluate/model.ts";
import { predictFiles } from "../../src/evaluate/predict.ts";
import { readEntries } from "../../src/images/sources/archive.ts";
import { importWeights } from "../../src/weights/import.ts";
import { writeImported } from "../../src/weights/imported.ts";
import { needs, photographs } from "../needs.ts";

describe("BVLC's GoogLeNet", needs("samples", "caffemodel"), () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "inception-weights-"));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  test("names the class of most of 64 photographs, without a flag for how it sees them", {
    timeout: 300_000,
  }, async () => {
    const archive = join(photographs, "imagenet-samples.tar");
    const { entries } = await readEntries(archive);
    const labels = join(folder, "synset_words.txt");
    writeFileSync(labels, execFileSync("tar", ["-xOf", archive, "imagenet-samples/synset_words.txt"]));
    const imported = await importWeights(join(photographs, "weights/bvlc_googlenet.caffemodel"), { labels });
    expect(imported.match.matched).toHaveLength(116);
    const { folder: models } = writeImported(imported, join(folder, "googlenet"));
    const pictures = [...entries.values()]
      .filter((_, i) => i % 4 === 0)
      .map(({ name, bytes }) => {
        const file = join(folder, name.split("/").at(-1)!);
        writeFileSync(file, bytes);
        return file;
      });
    expect(pictures).toHaveLength(64);
    const model = openModel(models, { which: "best", raw: false });
    const predictions = await predictFiles(model, pictures, 5);
    const rank = predictions.map(({ name, top }) =>
      top.findIndex(({ class: index }) => name.split("/").at(-1)!.startsWith(model.classes[index]!)),
    );
    const within = (k: number): number => rank.filter((place) => place >= 0 && place < k).length / rank.length;
    expect(within(1)).toBeGreaterThan(0.7);
    expect(within(5)).toBeGreaterThan(0.88);
  });
});
