// Drawings: well-formed whatever they are given, and with what they are asked to show.
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { confusionMap, inkOn, luminance, shade } from "../../src/report/confusion-map.ts";
import { toCsv } from "../../src/report/csv.ts";
import { accuracyRuler } from "../../src/report/interval-bar.ts";
import { intervalChart } from "../../src/report/interval-chart.ts";
import { lineChart } from "../../src/report/line-chart.ts";
import { reliabilityDiagram } from "../../src/report/reliability-diagram.ts";
import { escapeXml } from "../../src/report/svg.ts";
import { logTicks, tickLabel, ticks, wholeTicks } from "../../src/report/ticks.ts";
import { calibrate } from "../../src/statistics/calibration.ts";
import { rate } from "../../src/statistics/interval.ts";
import { scoresOf } from "../statistics/scores.ts";
import { all, parseXml, wordsOf } from "./xml.ts";

const hostile = fc.string({ unit: "binary", maxLength: 30 });

test("the reader refuses what is not well-formed", () => {
  for (const bad of ["<a><b></a></b>", '<a x="1" x="2"/>', "<a>&</a>", "<a/><b/>", "<a", '<a x="<"/>', "<a>\0</a>"])
    expect(() => parseXml(bad), bad).toThrow();
  expect(parseXml('<a x="&#60;">b&#38;</a>')).toMatchObject({ attributes: { x: "<" }, text: "b&" });
});

test("any text can stand in a drawing", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (words) => {
      const read = parseXml(`<a x="${escapeXml(words)}">${escapeXml(words)}</a>`);
      expect(read.attributes.x).toBe(read.text);
    }),
  );
  expect(escapeXml("a\0b\ud800c<")).toBe("a\ufffdb\ufffdc&#60;");
});

describe("a confusion matrix", () => {
  const cells = [
    { label: 0, predicted: 0, count: 8 },
    { label: 0, predicted: 1, count: 2 },
    { label: 1, predicted: 0, count: 1 },
    { label: 1, predicted: 1, count: 1200 },
  ];
  const drawing = parseXml(confusionMap({ classes: ["cat", "dog <&>", "a very long name of a class"], cells }, "Map"));

  test("has a square and a number for each cell with pictures, and every class on both sides", () => {
    expect(all(drawing, "rect")).toHaveLength(4 + 2 + 6);
    expect(wordsOf(drawing)).toEqual(expect.arrayContaining(["8", "2", "1", "1200", "label", "predicted"]));
    expect(wordsOf(drawing).filter((word) => word === "dog <&>")).toHaveLength(2);
    expect(wordsOf(drawing)).toContain("a very long name of a…");
  });

  test("says whose it is, which shade is which share, and the share in each cell of few classes", () => {
    const classes = ["cat", "dog"];
    const words = wordsOf(parseXml(confusionMap({ classes, cells }, "Map", "runs/train/pets-1 + <other>")));
    expect(words).toEqual(expect.arrayContaining(["runs/train/pets-1 + <other>", "share of the label"]));
    expect(words).toEqual(expect.arrayContaining(["80%", "20%", "<1%", ">99%"]));
    expect(words.filter((word) => word === "100%")).toHaveLength(1);
  });

  test("has digits that stand out from every shade, and that fit into their cell", () => {
    for (let share = 0; share <= 1; share += 0.005) {
      const [one, other] = [luminance(shade(share)), luminance(inkOn(shade(share)))].sort((a, b) => b - a);
      expect((one! + 0.05) / (other! + 0.05), `at ${share}`).toBeGreaterThan(4.5);
    }
    const classes = Array.from({ length: 30 }, (_, i) => `${i}`);
    const map = confusionMap({ classes, cells: [{ label: 0, predicted: 0, count: 123_456 }] }, "Map");
    const [digits] = all(parseXml(map), "text").filter(({ text }) => text === "123456");
    expect(6 * 0.6 * Number(digits!.attributes["font-size"])).toBeLessThan(26);
  });

  test("is darker where more of the row went", () => {
    const squares = all(drawing, "rect").slice(1, 5);
    const light = squares.map(({ attributes }) => Number.parseInt(attributes.fill!.slice(1, 3), 16));
    expect(light[0]).toBeLessThan(light[1]!);
    expect(light[3]).toBeLessThan(light[2]!);
  });

  test("of a thousand classes stays small: only cells with pictures, no names", () => {
    const many = Array.from({ length: 1000 }, (_, i) => ({ label: i, predicted: (i * 7) % 1000, count: 50 }));
    const svg = confusionMap({ classes: Array.from({ length: 1000 }, (_, i) => `n${i}`), cells: many }, "ImageNet");
    expect(all(parseXml(svg), "rect")).toHaveLength(1000 + 2 + 6);
    expect(svg).not.toContain("n999");
    expect(svg.length).toBeLessThan(100_000);
  });

  test("is well-formed for any names", () => {
    fc.assert(
      fc.property(fc.array(hostile, { minLength: 1, maxLength: 5 }), hostile, (classes, title) => {
        const diagonal = classes.map((_, i) => ({ label: i, predicted: i, count: 3 }));
        parseXml(confusionMap({ classes, cells: diagonal }, title));
      }),
    );
  });
});

test("a reliability diagram has three bars for each bin with pictures, the diagonal and the error", () => {
  const scores = scoresOf(
    [
      [0.9, 0.1],
      [0.95, 0.05],
      [0.4, 0.6],
    ],
    [0, 1, 1],
  );
  const { bins, expectedCalibrationError } = calibrate(scores);
  const drawing = parseXml(reliabilityDiagram(bins, { title: "R", expectedCalibrationError }));
  expect(all(drawing, "rect")).toHaveLength(3 * 3 + 2 + 2 + 3);
  expect(all(drawing, "line").filter(({ attributes }) => attributes["stroke-dasharray"])).toHaveLength(2);
  // 0.9 closes the bin of 0.867 to 0.933; |1 - 0.9|, |0 - 0.95| and |1 - 0.6| average to 0.4833.
  expect(wordsOf(drawing)).toContain("ECE 48.33%");
  expect(() => parseXml(reliabilityDiagram([], { title: "<", expectedCalibrationError: 0 }))).not.toThrow();
});

test("a bin of one picture is paler than one of many, and the key shows the colours of the bars", () => {
  const bin = (low: number, count: number) => ({ low, high: low + 0.1, count, confidence: low + 0.05, accuracy: 0.5 });
  const svg = reliabilityDiagram([bin(0.2, 1), bin(0.5, 25), bin(0.9, 100)], {
    title: "R",
    expectedCalibrationError: 0,
  });
  const drawing = parseXml(svg);
  const [one, some, many] = all(drawing, "g").map(({ attributes }) => Number(attributes.opacity));
  expect(one).toBeLessThan(0.3);
  expect(some).toBeGreaterThan(one! + 0.2);
  expect(many).toBe(1);
  const looks = (name: string): string[] =>
    all(drawing, name).map(({ attributes: { fill, stroke } }) => `${fill} ${stroke}`);
  const inBars = all(drawing, "g").flatMap((group) =>
    all(group, "rect").map(({ attributes: { fill, stroke } }) => `${fill} ${stroke}`),
  );
  for (const look of new Set(inBars))
    expect(looks("rect").filter((other) => other === look).length).toBeGreaterThan(
      inBars.filter((other) => other === look).length,
    );
});

test("a band lies behind the curves, and makes room for itself", () => {
  const points = [
    [0, 1],
    [4, 1],
  ] as const;
  const band = [
    [0, 0, 2],
    [4, -1, 3],
  ] as const;
  const chart = { title: "", x: { label: "epoch", whole: true }, y: { label: "" } };
  const drawing = parseXml(lineChart({ ...chart, series: [{ name: "a", points, band }] }));
  const [area, curve] = all(drawing, "path");
  expect(area!.attributes).toMatchObject({ d: "M64.0 116.0L624.0 36.0L624.0 356.0L64.0 276.0Z", stroke: "none" });
  expect(curve!.attributes).toMatchObject({ fill: "none", stroke: area!.attributes.fill });
  expect(wordsOf(drawing)).toEqual(expect.arrayContaining(["0", "1", "2", "3", "4"]));
});

describe("a line chart", () => {
  const chart = (points: readonly (readonly [number, number])[], log = false): string =>
    lineChart({ title: "Loss", x: { label: "step" }, y: { label: "loss", log }, series: [{ name: "run 1", points }] });
  const pathOf = (svg: string): string => all(parseXml(svg), "path")[0]!.attributes.d!;

  test("joins the points in order and fills the frame", () => {
    expect(
      pathOf(
        chart([
          [0, 0],
          [5, 1],
          [10, 2],
        ]),
      ),
    ).toBe("M64.0 356.0L344.0 196.0L624.0 36.0");
    expect(
      wordsOf(
        parseXml(
          chart([
            [0, 0],
            [10, 2],
          ]),
        ),
      ),
    ).toEqual(expect.arrayContaining(["Loss", "step", "loss", "run 1", "0", "10", "2"]));
  });

  test("on a logarithmic axis equal factors are equal distances, and zero is left out", () => {
    expect(
      pathOf(
        chart(
          [
            [0, 100],
            [1, 10],
            [2, 1],
            [3, 0],
          ],
          true,
        ),
      ),
    ).toBe("M64.0 36.0L250.7 196.0L437.3 356.0");
  });

  test("a figure that is missing leaves a gap, and a point alone is a dot", () => {
    const svg = chart([
      [0, 1],
      [1, 2],
      [2, Number.NaN],
      [3, 3],
      [4, Infinity],
      [5, 1],
      [6, 2],
    ]);
    expect(pathOf(svg).match(/M/g)).toHaveLength(2);
    expect(all(parseXml(svg), "circle")).toHaveLength(1);
  });

  test("more series than colours are told apart by their dashes", () => {
    const series = Array.from({ length: 8 }, (_, i) => ({
      name: `${i}`,
      points: [
        [0, i],
        [1, i + 1],
      ] as const,
    }));
    const drawing = parseXml(lineChart({ title: "", x: { label: "" }, y: { label: "" }, series }));
    const looks = all(drawing, "path").map(
      ({ attributes }) => `${attributes.stroke} ${attributes["stroke-dasharray"]}`,
    );
    expect(new Set(looks).size).toBe(8);
  });

  test("marks stand at their places, those outside of the frame are left out, and a compact one names its series above", () => {
    const marks = [
      { x: 5, label: "best" },
      { y: 1, label: "chance" },
      { x: 50, label: "later" },
    ];
    const points = [
      [0, 0],
      [10, 2],
    ] as const;
    const series = ["a", "b"].map((name) => ({ name, points, pale: name === "b" }));
    const given = { title: "Loss", x: { label: "step" }, y: { label: "loss" }, series, marks };
    const drawing = parseXml(lineChart({ ...given, description: "falls & rises", compact: true }));
    const dashed = all(drawing, "line").filter(({ attributes }) => attributes["stroke-dasharray"] === "4 3");
    expect(dashed.map(({ attributes: { x1, x2, y1, y2 } }) => [x1, x2, y1, y2])).toEqual([
      ["264", "264", "52", "252"],
      ["64", "464", "152", "152"],
    ]);
    expect(wordsOf(drawing)).toEqual(expect.arrayContaining(["best", "chance", "a", "b"]));
    expect(wordsOf(drawing)).not.toContain("later");
    expect(all(drawing, "desc")[0]!.text).toBe("falls & rises");
    expect(all(drawing, "path").map(({ attributes }) => attributes["stroke-opacity"])).toEqual([undefined, "0.4"]);
  });

  test("is well-formed for any series", () => {
    const number = fc.oneof(fc.double(), fc.constantFrom(0, 1, -1, Infinity, Number.NaN));
    const points = fc.array(fc.tuple(number, number), { maxLength: 6 });
    const series = fc.array(fc.record({ name: hostile, points }), { maxLength: 4 });
    fc.assert(
      fc.property(series, fc.boolean(), hostile, (series, log, title) => {
        const svg = lineChart({ title, x: { label: "x", log }, y: { label: "y", log }, series });
        parseXml(svg);
        expect(svg).not.toMatch(/NaN|Infinity/);
      }),
    );
  });
});

test("intervals have a line and a dot each on one axis, whatever they are called and wherever they lie", () => {
  const rows = [
    { name: "<plain>", value: 5, low: 4, high: 6 },
    { name: "b", value: 3, low: 0, high: 4 },
  ];
  const drawing = parseXml(intervalChart("Errors", "error (%)", rows));
  expect(all(drawing, "circle")).toHaveLength(2);
  expect(wordsOf(drawing)).toEqual(expect.arrayContaining(["Errors", "error (%)", "<plain>", "b", "0", "6"]));
  const any = fc.double({ noNaN: true, min: -1e6, max: 1e6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(hostile, any, any, any), { maxLength: 4 }), (found) => {
      const svg = intervalChart(
        "x",
        "y",
        found.map(([name, value, low, high]) => ({ name, value, low, high })),
      );
      parseXml(svg);
      expect(svg).not.toMatch(/NaN|Infinity/);
    }),
  );
});

test("an accuracy stands on its ruler beside what it is held against", () => {
  const drawing = parseXml(
    accuracyRuler(
      rate(90, 100),
      [
        { label: "guessing", share: 0.1 },
        { label: "<cat>", share: 0.9 },
      ],
      "Top-1",
    ),
  );
  expect(all(drawing, "circle")[0]!.attributes.cx).toBe("524");
  expect(wordsOf(drawing)).toEqual(expect.arrayContaining(["top-1 90.0%", "guessing", "<cat>", "100%"]));
});

test("axes have round marks", () => {
  expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
  expect(ticks(0.13, 0.61)).toEqual([0.2, 0.3, 0.4, 0.5, 0.6]);
  expect(ticks(0, 12_000, 6)).toEqual([0, 2000, 4000, 6000, 8000, 10_000, 12_000]);
  expect(wholeTicks(0, 2.5, 6)).toEqual([0, 1, 2]);
  expect(wholeTicks(0, 30, 6)).toEqual([0, 5, 10, 15, 20, 25, 30]);
  expect(wholeTicks(0, 0.4, 4)).toEqual([0, 0.1, 0.2, 0.3, 0.4]);
  expect(logTicks(0.002, 30)).toEqual([0.01, 0.1, 1, 10]);
  expect(logTicks(0.8, 6)).toEqual([1, 2, 5]);
  expect(logTicks(3, 4)).toEqual([3, 3.5, 4]);
  expect(logTicks(5.3, 13)).toEqual([6, 8, 10, 12]);
  expect([0.1, 12_000, 0, 1e-5, 2.5e-5, 1e9, 0.30000000000000004].map(tickLabel)).toEqual([
    "0.1",
    "12,000",
    "0",
    "1e-5",
    "2.5e-5",
    "1e9",
    "0.3",
  ]);
});

test("cells with commas, quotes, breaks and outer spaces are quoted", () => {
  expect(
    toCsv([
      ["a", 1, null],
      ['b,"c"\n', " d", 0.5],
    ]),
  ).toBe('a,1,\n"b,""c""\n"," d",0.5\n');
});
