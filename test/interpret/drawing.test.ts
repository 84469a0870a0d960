import { describe, expect, it } from "vitest";
import { type Drawing, draw } from "../../src/interpret/drawing.ts";
import { toMermaid } from "../../src/interpret/mermaid.ts";
import { toSvg } from "../../src/interpret/svg.ts";
import { averagePool, chain, conv, maxPool, relu } from "../../src/network/build.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { Layer } from "../../src/network/layer.ts";
import { bnInception, googLeNet, square, v3 } from "../network/examples.ts";

const drawing = draw(buildNetwork(v3, 299), square(299));

type Rectangle = [x: number, y: number, width: number, height: number];
const rectanglesOf = (drawn: Drawing): Rectangle[] =>
  [...toSvg(drawn, "drawn").matchAll(/<g><rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"/g)].map(
    ([, ...numbers]) => numbers.map(Number) as Rectangle,
  );
const clashes = (rectangles: readonly Rectangle[]): Rectangle[] =>
  rectangles.flatMap(([x, y, width, height], i) =>
    rectangles.slice(i + 1).filter(([left, top]) => Math.abs(left - x) < width && Math.abs(top - y) < height),
  );

describe("draw", () => {
  it("has a box for each convolution, pool, concat and head layer, all reached from the image", () => {
    const count = (start: string) => drawing.boxes.filter(({ words }) => words[0]!.startsWith(start)).length;
    expect(count("conv ")).toBe(96);
    expect(count("concat")).toBe(11 + 4);
    expect(count("max pool")).toBe(4);
    expect(count("average pool")).toBe(9 + 1);
    const reached = new Set(drawing.arrows.map(({ to }) => to));
    expect(drawing.boxes.filter(({ path }) => !reached.has(path)).map(({ path }) => path)).toEqual(["image"]);
  });

  it("joins four branches in order and starts the auxiliary head from the last 17 x 17 block", () => {
    const into = (path: string) => drawing.arrows.filter(({ to }) => to === path).map(({ from }) => from);
    expect(into("Mixed_5b")).toEqual(["Mixed_5b/b1x1", "Mixed_5b/b5x5/1", "Mixed_5b/b3x3dbl/2", "Mixed_5b/pool/1"]);
    expect(into("AuxLogits/AvgPool_1a_5x5")).toEqual(["Mixed_6e"]);
    expect(into("Mixed_7a/pool")).toEqual(["Mixed_6e"]);
  });
});

describe("words of a window", () => {
  const wordOf = (layer: Layer) => draw(chain({ layer }), square(24)).boxes[1]!.words[0];

  it.each<[string, Layer]>([
    ["conv 3x3, 8", conv(8, 3)],
    ["conv 7x7 / 2 pad 3, 8", conv(8, 7, { stride: 2, padding: 3 })],
    ["conv 3x3, 8", conv(8, 3, { padding: 0 })],
    ["conv 1x7 pad 0+0 x 3+3, 8", conv(8, [1, 7], { padding: { rows: [0, 0], columns: [3, 3] } })],
    ["max pool 3x3 / 2 ceil", maxPool(3, { stride: 2, padding: "valid", ceil: true })],
    ["average pool 3x3 / 2 pad 1 ceil", averagePool(3, { stride: 2, padding: 1, ceil: true })],
  ])("%s", (word, layer) => {
    expect(wordOf(layer)).toBe(word);
  });
});

describe("toMermaid", () => {
  it("declares every box once and every arrow between declared boxes", () => {
    const lines = toMermaid(drawing).split("\n");
    const declared = lines.flatMap((line) => line.match(/^ {4}(n\d+)\[/)?.[1] ?? []);
    const ends = lines.flatMap((line) => line.match(/^ {2}(n\d+) --> (n\d+)$/)?.slice(1) ?? []);
    expect(lines[0]).toBe("flowchart TD");
    expect(new Set(declared).size).toBe(drawing.boxes.length);
    expect(ends).toHaveLength(2 * drawing.arrows.length);
    expect(ends.every((end) => declared.includes(end))).toBe(true);
  });
});

const switched = draw(
  buildNetwork(
    {
      ...v3,
      auxiliary: "dropout",
      reduction: "conv-pool",
      reductionAt: 17,
      factorActivation: "linear",
      block35: "asymmetric",
      block17: "dense3",
      block8: "asymmetric",
      nBlocks8: 3,
    },
    299,
  ),
  square(299),
);

describe("toSvg", () => {
  it.each([
    ["the released network", drawing],
    ["one with other blocks", switched],
  ])("draws every box of %s, and no two over each other", (_name, drawing) => {
    const rectangles = rectanglesOf(drawing);
    expect(rectangles).toHaveLength(drawing.boxes.length);
    expect(clashes(rectangles)).toEqual([]);
  });
});

describe("a drawing", () => {
  type Segment = readonly [x1: number, y1: number, x2: number, y2: number];
  const all = (svg: string, pattern: RegExp): number[][] =>
    [...svg.matchAll(pattern)].map(([, ...numbers]) => numbers.slice(0, 4).map(Number));
  /** The upright and level parts of the lines, and the boxes around the curves' ends. */
  const segments = (svg: string): Segment[] =>
    [...svg.matchAll(/<path d="M(\S+ \S+[^"]*)" fill="none"/g)].flatMap(([, path]) => {
      let [x, y] = [0, 0];
      return [...`M${path}`.matchAll(/([MVHC])([^MVHC]+)/g)].flatMap(([, command, given]): Segment[] => {
        const numbers = given!.trim().split(" ").map(Number);
        const [fromX, fromY] = [x, y];
        if (command === "V") y = numbers[0]!;
        else if (command === "H") x = numbers[0]!;
        else [x, y] = numbers.slice(-2) as [number, number];
        return command === "M" ? [] : [[fromX, fromY, x, y]];
      });
    });

  it.each([
    ["Inception-v3", drawing],
    ["with other blocks", switched],
    ["GoogLeNet", draw(buildNetwork(googLeNet, 224), square(224))],
  ])(
    "of %s has the form of a page, a head on each arrow, names that no line crosses, and nothing that some programs do not draw",
    (_name, drawn) => {
      const svg = toSvg(drawn, "drawn");
      const [, width, height] = /width="(\d+)" height="(\d+)"/.exec(svg)!.map(Number) as [number, number, number];
      expect(width / height).toBeGreaterThan(0.45);
      expect(width / height).toBeLessThan(1.7);
      expect(svg.match(/L\S+ \S+L\S+ \S+Z/g)).toHaveLength(new Set(drawn.arrows.map(({ to }) => to)).size);
      expect(svg).not.toMatch(/paint-order|marker|<style|filter=/);
      const names = [...svg.matchAll(/<text x="(\S+)" y="(\S+)" text-anchor="(start|end)"[^>]*>([^<]+)</g)].map(
        ([, x, y, anchor, words]) => {
          const length = words!.length * 6.5;
          const left = anchor === "start" ? Number(x) : Number(x) - length;
          return { left, right: left + length, top: Number(y) - 11, bottom: Number(y) + 3 };
        },
      );
      expect(names).toHaveLength(new Set(drawn.boxes.map(({ stage }) => stage)).size);
      const crosses = ([x1, y1, x2, y2]: Segment) =>
        names.some(
          ({ left, right, top, bottom }) =>
            Math.max(x1, x2) > left && Math.min(x1, x2) < right && Math.max(y1, y2) > top && Math.min(y1, y2) < bottom,
        );
      expect(segments(svg).length).toBeGreaterThanOrEqual(drawn.arrows.length);
      expect(segments(svg).filter(crosses)).toEqual([]);
      const boxes = all(svg, /<g><rect x="(\S+)" y="(\S+)" width="(\S+)" height="(\S+)"/g);
      const covered = names.filter(({ left, right, top, bottom }) =>
        boxes.some(([x, y, w, h]) => right > x! && left < x! + w! && bottom > y! && top < y! + h!),
      );
      expect(covered).toEqual([]);
    },
  );
});

describe("GoogLeNet", () => {
  const both = draw(buildNetwork(googLeNet, 224), square(224));

  it("has two heads beside the blocks they read, and norms of their own", () => {
    const into = (path: string) => both.arrows.filter(({ to }) => to === path).map(({ from }) => from);
    expect(into("AuxLogits_4b/AvgPool_1a_5x5")).toEqual(["Mixed_4b"]);
    expect(into("AuxLogits_4e/AvgPool_1a_5x5")).toEqual(["Mixed_4e"]);
    expect(into("Mixed_4f/b1x1")).toEqual(["Mixed_4e"]);
    expect(both.boxes.filter(({ words }) => words[0] === "local response norm, 5").map(({ path }) => path)).toEqual([
      "Norm_2a",
      "Norm_2c",
    ]);
  });

  it("is drawn with no two boxes over each other", () => {
    expect(clashes(rectanglesOf(both))).toEqual([]);
  });
});

it("words that are wider than their box are drawn smaller, all others alike", () => {
  const drawn = draw(buildNetwork(bnInception, 224), square(224));
  const sizeOf = (words: string): string | undefined =>
    new RegExp(`<text [^>]*?(?:font-size="([^"]+)" )?fill="[^"]+">${words}</text>`).exec(toSvg(drawn, "drawn"))?.[1];
  // 30 letters of 0.56 of their size in 142 pixels.
  expect(sizeOf("conv 1x1, 64, batch norm, ReLU")).toBe((142 / (0.56 * 30)).toFixed(1));
  expect(sizeOf("batch norm, ReLU")).toBeUndefined();
});

describe("names that are markup", () => {
  const evil = `<b>&"'`;
  const hostile = draw(chain({ [evil]: chain({ conv: conv(4, 3), relu }) }), square(8));

  it("are escaped in SVG", () => {
    const svg = toSvg(hostile, evil);
    expect(svg).not.toContain("<b>");
    expect(svg).toContain("<title>&#60;b&#62;&#38;&#34;&#39;</title>");
  });

  it("are escaped in Mermaid", () => {
    expect(toMermaid(hostile)).toContain(`["#60;b#62;#38;#34;'"]`);
  });
});
