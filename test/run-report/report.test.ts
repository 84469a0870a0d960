// A report of a run that was made up: what it says, what it shows, and what it does without this or that.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { experimentSchema } from "../../src/config/schema.ts";
import { evaluationSchema } from "../../src/results/evaluation-schema.ts";
import { cropsSection } from "../../src/run-report/crops.ts";
import { networkSection } from "../../src/run-report/network.ts";
import { evaluationReport, type Report, runReport } from "../../src/run-report/report.ts";
import { networkOptions } from "../../src/train/network.ts";
import { all, parseXml, wordsOf } from "../report/xml.ts";
import { makeUpRun } from "./made-up.ts";
import { payloads } from "./payloads.ts";

const root = mkdtempSync(join(tmpdir(), "inception-report-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const megabyte = 1e6;
/** Text as it is read, without tags. */
const words = (page: string): string =>
  page
    .replace(/<(style|script)>[\s\S]*?<\/\1>/g, "")
    .replace(/<[^>]*>/g, " ")
    .replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)))
    .replace(/\s+/g, " ");

let run: string;
let report: Report;
beforeAll(async () => {
  run = await makeUpRun(root);
  report = await runReport(run, { budget: megabyte });
});

test("the verdict comes first, with its interval beside chance and the commonest class", () => {
  const text = words(report.text);
  expect(text).toMatch(/^ (<!doctype html> )?Report of made-up-1 made-up-1/i);
  expect(text).toMatch(/It learns, and was not done: 7\d\.\d% top-1/);
  expect(text).toMatch(/are right \(95%: [\d.]+% to [\d.]+%\)\. Guessing gives 33\.3%, always naming \w+ [\d.]+%/);
  expect(text).toMatch(/Next: Train longer.* inception train .*made-up-1\/config\.yaml --set train\.epochs=12/);
});

test("curves are there with the best epoch and the resume marked, each with words for those who do not see it", () => {
  const titles = [...report.text.matchAll(/<title>([^<]*)<\/title>/g)].map(([, title]) => title);
  expect(titles).toEqual(
    expect.arrayContaining([
      "Loss",
      "Accuracy on the validation pictures",
      "Learning rate",
      "Gradient norm",
      "Speed of a step",
      "Waiting for pictures",
    ]),
  );
  expect(report.text.match(/>resumed<\/text>/g)).toHaveLength(6);
  expect(report.text.match(/>best<\/text>/g)).toHaveLength(6);
  expect(report.text).toContain("<desc>images/s from 8.00 at epoch");
  expect(report.text).toContain("<desc>waited from 20.0 at epoch");
});

test("loss and accuracy are drawings of their own, too, with the same marks", () => {
  expect(Object.keys(report.drawings)).toEqual(["loss.svg", "accuracy.svg"]);
  for (const drawing of Object.values(report.drawings)) {
    expect(all(parseXml(drawing), "path").length).toBeGreaterThan(0);
    expect(wordsOf(parseXml(drawing))).toEqual(expect.arrayContaining(["epoch", "best", "resumed"]));
  }
});

test("every class has a row, every cell its number and its pictures", () => {
  const text = words(report.text);
  for (const name of ["cat", "dog", "owl"]) expect(text).toContain(` ${name} `);
  const links = [...report.text.matchAll(/<a href="#(cell-\d-\d)"/g)].map(([, id]) => id!);
  expect(links.length).toBeGreaterThan(3);
  for (const id of links) expect(report.text).toContain(`<details id="${id}">`);
  expect(report.text).toMatch(
    /<img src="data:image\/webp;base64,[^"]+" width="24" height="16" alt="A picture labelled/,
  );
  expect(report.pictures).toBe(report.text.match(/<img /g)!.length);
});

test("calibration, data, network and provenance follow", () => {
  const text = words(report.text);
  expect(text).toContain("Accepting only predictions above a probability");
  expect(text).toMatch(/\d+ pictures to train on and \d+ to validate on, in 3 classes/);
  expect(report.text).toContain('alt="A training crop: ');
  expect(text).toMatch(/bn-inception for 3 classes at 32 x 32 pixels: [\d,]+ parameters/);
  expect(text).toMatch(/network\.width \S+ 0\.1 /);
  expect(text).toMatch(/train\.learningRate \S+ 0\.02 /);
  expect(text).toContain("in 2 sittings");
  expect(text).toContain("inception train made-up.yaml");
});

test("nothing is fetched: no address but data: and places of the page itself", () => {
  const addresses = [...report.text.matchAll(/(?:src|href|action|srcset|poster)\s*=\s*"([^"]*)"/g)].map(
    ([, to]) => to!,
  );
  expect(addresses.filter((to) => !/^(data:|#)/.test(to))).toEqual([]);
  expect(report.text).not.toMatch(/@import|url\(/);
  expect(report.text).not.toMatch(/\sstyle="|\son[a-z]+="/);
});

test("pictures keep to their budget, the worst mistakes first; without one the data stay closed", async () => {
  const small = await runReport(run, { budget: 3000 });
  const inside = [...small.text.matchAll(/src="(data:image[^"]*)" [^>]*alt="(A picture[^"]*)"/g)];
  expect(inside.length).toBeGreaterThan(0);
  expect(inside.reduce((sum, [, address]) => sum + address!.length, 0)).toBeLessThanOrEqual(3000);
  expect(inside[0]![2]).toContain("labelled");
  const none = await runReport(run, { budget: 0 });
  expect(none.pictures).toBe(0);
  expect(none.text).not.toContain("<img");
  expect(words(none.text)).toContain("no picture");
});

test("a run without an evaluation says how to make one and shows the rest", async () => {
  const path = await makeUpRun(join(root, "bare"), { evaluated: false, validationLoss: () => 0.5 });
  const bare = await runReport(path, { budget: 0 });
  const text = words(bare.text);
  expect(bare.evaluation).toBeUndefined();
  expect(text).toMatch(/It has learned: 88\.0% top-1/);
  expect(text).toContain("Next: Look at its errors, class by class. inception eval");
  expect(text).toContain("classes, mistakes and calibration come with inception eval");
  expect(text).not.toContain("Confusion matrix");
});

test("pictures that are gone are a remark, and an evaluation can stand alone", async () => {
  const gone = await makeUpRun(join(root, "gone"));
  rmSync(join(root, "gone", "photos"), { recursive: true });
  const left = await runReport(gone, { budget: megabyte });
  expect(left.remarks).toEqual([expect.stringMatching(/^The run's pictures cannot be shown: .*no such file/)]);
  expect(words(left.text)).toContain("Confusion matrix");
  const alone = await evaluationReport(join(run, "eval", "step-60-average"), { budget: megabyte });
  expect(alone.pictures).toBeGreaterThan(0);
  expect(words(alone.text)).not.toContain("Provenance");
});

test("a damaged evaluation is refused in a sentence that names it", async () => {
  const path = await makeUpRun(join(root, "damaged"));
  const file = join(path, "eval", "step-60-average", "summary.json");
  const whole = readFileSync(file, "utf8");
  for (const text of [whole.slice(0, 100), whole.replace('"accuracy"', '"acuracy"')]) {
    writeFileSync(file, text);
    await expect(runReport(path, { budget: 0 })).rejects.toThrow(file);
  }
});

test("names that are meant to run are shown, letter for letter", async () => {
  const path = await makeUpRun(join(root, "hostile"), {
    classes: payloads,
    perClass: 2,
    fileName: "<img src=x onerror=alert(1)>",
    runName: "<svg onload=alert(1)>",
  });
  const { text } = await runReport(path, { budget: megabyte });
  const read = words(text);
  for (const payload of payloads) expect(read).toContain(payload.replace(/\s+/g, " "));
  // As many elements that could run as in a report of harmless names.
  const active = /<(script|iframe|object|embed|base|form|foreignObject|animate|set|use|math|link|meta)\b/gi;
  const usual = (page: string): string[] => [...page.matchAll(active)].map(([tag]) => tag).sort();
  expect(usual(text)).toEqual(usual(report.text));
  expect(text).not.toMatch(/<[^>"]*("[^"]*"[^>"]*)*\son[a-z]+\s*=/i);
});

test("sections come in the order in which a reader asks", () => {
  const ids = [...report.text.matchAll(/<section (?:class="[^"]*" )?id="([^"]+)"/g)].map(([, id]) => id);
  expect(ids).toEqual(["verdict", "curves", "data", "classes", "mistakes", "calibration", "network", "provenance"]);
});

test("of an evaluation by several crops, what the first of them give and take", () => {
  const [summary] = [
    evaluationSchema.parse(JSON.parse(readFileSync(join(report.evaluation!, "summary.json"), "utf8"))),
  ];
  const rate = (accuracy: number) => ({ ...summary!.top1, accuracy });
  const gains = [1, 10].map((crops) => ({ crops, top1: rate(0.5 + crops / 100), top5: rate(1), loss: 1 / crops }));
  const page = cropsSection({ ...summary!, gains, speed: { crops: 100, seconds: 4, cropsPerSecond: 25 } }).text;
  expect(words(page)).toMatch(/at 25\.0 crops\/s .* 1 51\.0% .* 1\.0000 40 10 60\.0% .* 0\.1000 400/);
  expect(cropsSection(summary!).text).toBe("");
});

test("a stage's output is what all of its branches give together", () => {
  const options = networkOptions(experimentSchema.parse({ network: { name: "bn-inception" }, data: { train: "x" } }), [
    "a",
    "b",
  ]);
  const text = words(networkSection({ options, size: 224, batch: 1, precision: "float32" }).text);
  // Table 1 of arXiv 1502.03167: 28 x 28 x 256 of 3a, which is called 3b here.
  expect(text).toMatch(/ Mixed_3b 28 x 28 x 256 /);
  expect(text).toMatch(/ Mixed_5c 7 x 7 x 1024 /);
});
