// Networks of other programs, filled by a formula, give with us the logits that they give there, auxiliary heads included.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { forward } from "../../src/graph/forward.ts";
import { Graph } from "../../src/graph/graph.ts";
import * as op from "../../src/graph/operations.ts";
import { pixels } from "../../src/graph/pixels.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import { buildNetwork } from "../../src/network/catalog.ts";
import type { SourceName } from "../../src/published/choices.ts";
import { kernels } from "../../src/runtime/kernels.ts";
import { openSession } from "../../src/runtime/session.ts";
import { weightsOf } from "../../src/weights/import.ts";
import { type Match, matchNetwork } from "../../src/weights/match.ts";
import { raw } from "../graph/run.ts";
import { fileOf, networkNamed } from "./foreign-file.ts";
import { picture } from "./formula.ts";

type Golden = {
  readonly tensors: { readonly count: number; readonly sha256: string };
  readonly logits: readonly number[];
  readonly auxiliary: readonly (readonly number[])[];
};

const cases: readonly (readonly [SourceName, string, golden: string])[] = [
  ["torchvision", "inception_v3", "torchvision-inception-v3"],
  ["timm", "inception_v3", "timm-inception-v3"],
  ["torchvision", "googlenet", "torchvision-googlenet"],
  ["keras", "InceptionV3", "keras-inception-v3"],
  ["slim", "inception_v1", "slim-inception-v1"],
  ["slim", "inception_v2", "slim-inception-v2"],
  ["slim", "inception_v3", "slim-inception-v3"],
  ["caffe", "bvlc_googlenet", "caffe-googlenet"],
];

describe.each(cases)("%s %s", (source, name, file) => {
  const golden: Golden = JSON.parse(readFileSync(join(import.meta.dirname, `../golden/foreign/${file}.json`), "utf8"));
  const foreign = networkNamed(source, name);

  test("has these names and shapes, and gives these logits", { timeout: 300_000 }, () => {
    const given = fileOf(foreign, golden.logits.length);
    const lines = [...given.tensors].map(([name, { shape }]) => `${name} ${shape.join("x")}\n`);
    expect(given.tensors.size).toBe(golden.tensors.count);
    expect(createHash("sha256").update(byCodePoint(lines).join("")).digest("hex")).toBe(golden.tensors.sha256);
    const match = matchNetwork(foreign, given, foreign.preprocessing.size);
    const [logits, ...auxiliary] = outputsOf(match);
    expect(furthest(logits!, golden.logits)).toBeLessThan(1e-4);
    expect(auxiliary.length).toBe(golden.auxiliary.length);
    for (const [i, head] of auxiliary.entries()) expect(furthest(head, golden.auxiliary[i]!)).toBeLessThan(1e-4);
  });
});

const byCodePoint = (lines: readonly string[]): string[] => lines.toSorted((a, b) => (a < b ? -1 : 1));

const furthest = (a: ArrayLike<number>, b: readonly number[]): number =>
  Math.max(...b.map((value, i) => Math.abs(value - a[i]!)));

/** The network's logits of the picture, then those of its heads, all by stored statistics. */
function outputsOf(match: Match): Float32Array[] {
  const { options, size, foreign } = match;
  const weights = weightsOf(match);
  const graph = new Graph();
  const fed = new Map([...weights].map(([name], i) => [name, op.placeholder(graph, `weight/${i}`, "string", [])]));
  const bytes = op.decodeRaw(graph, op.placeholder(graph, "picture", "string", []), "uint8", [1, size, size, 3]);
  const { logits, auxiliary } = forward(buildNetwork(options, size), pixels(graph, bytes, foreign.preprocessing), {
    graph,
    precision: "float32",
    kernels: kernels("float32"),
    weight: (name) => op.decodeRaw(graph, fed.get(name)!, "float32", weights.get(name)!.shape),
  });
  const outputs = [logits, ...auxiliary].map((value, i) => op.identity(graph, value, `output/${i}`).node.name);
  const session = openSession(savedModel(graph));
  try {
    const feeds = [...weights.values()].map(({ data }, i) => [`weight/${i}`, raw(data)] as const);
    const results = session.run({ picture: raw(picture(size)), ...Object.fromEntries(feeds) }, outputs);
    return results.map(({ data }) => data as Float32Array);
  } finally {
    session.close();
  }
}
