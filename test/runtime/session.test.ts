import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { Graph } from "../../src/graph/graph.ts";
import * as op from "../../src/graph/operations.ts";
import { savedModel } from "../../src/graph/saved-model.ts";
import { loadBinding } from "../../src/runtime/binding.ts";
import { openSession, type Session } from "../../src/runtime/session.ts";
import { needs } from "../needs.ts";
import { float, floatBytes, smallProgram } from "./programs.ts";

let session: Session;
beforeAll(() => {
  session = openSession(smallProgram());
});
afterAll(() => session.close());

const bytes = { dtype: "string", value: floatBytes(1, 2.5, -3) } as const;
const n = { dtype: "int32", shape: [2], value: Int32Array.of(7, -1) } as const;

test("memory that the system does not give is one sentence", () => {
  const graph = new Graph();
  const seed = op.placeholder(graph, "seed", "int32", [2]);
  op.identity(graph, op.sum(graph, op.statelessUniform(graph, [2 ** 20, 2 ** 20], seed), [0, 1]), "out");
  const large = openSession(savedModel(graph));
  const run = () => large.run({ seed: { dtype: "int32", shape: [2], value: Int32Array.of(1, 2) } }, ["out"]);
  expect(run).toThrow(/^out of memory: none left for a map of 1048576x1048576; this process holds [\d.]+ of .* GiB$/);
  expect(run).toThrow(UserError);
  large.close();
  expect(session.run({ bytes }, ["doubled"])[0]!.data).toEqual(Float32Array.of(2, 5, -6));
});

test("what a variable keeps of an array is not the caller's memory", () => {
  const graph = new Graph();
  const shape = [1024];
  const fed = op.placeholder(graph, "fed", "float32", shape);
  const kept = op.variable(graph, "kept", "float32", shape);
  op.identity(graph, op.scalar(graph, 0), "keep", [op.assign(graph, kept, fed)]);
  op.readVariable(graph, kept, [], "read");
  const keeping = openSession(savedModel(graph));
  // Aligned as TensorFlow aligns its own memory: it copies what is not.
  const buffer = new ArrayBuffer(1024 * 4 + 64);
  for (let offset = 0; offset < 64; offset += 4) {
    const value = new Float32Array(buffer, offset, 1024).fill(3);
    keeping.run({ fed: { dtype: "float32", shape, value } }, ["keep"]);
    value.fill(7);
    expect(keeping.run({}, ["read"])[0]!.data).toEqual(new Float32Array(1024).fill(3));
  }
  keeping.close();
});

test("a long string is the caller's again after its run: nothing that was made of it changes with it", () => {
  const numbers = 1 << 16;
  const graph = new Graph();
  const fed = op.placeholder(graph, "fed", "string", []);
  const kept = op.variable(graph, "kept", "float32", [numbers]);
  op.identity(graph, op.scalar(graph, 0), "keep", [
    op.assign(graph, kept, op.decodeRaw(graph, fed, "float32", [numbers])),
  ]);
  op.identity(graph, fed, "echo");
  op.readVariable(graph, kept, [], "read");
  const keeping = openSession(savedModel(graph));
  const value = new Float32Array(new SharedArrayBuffer(4 * numbers)).fill(3);
  const [, echo] = keeping.run({ fed: { dtype: "string", value: new Uint8Array(value.buffer) } }, ["keep", "echo"]);
  value.fill(7);
  const threes = new Float32Array(numbers).fill(3);
  expect(keeping.run({}, ["read"])[0]!.data).toEqual(threes);
  expect(echo!.data).toEqual(new Uint8Array(threes.buffer));
  keeping.close();
});

describe("a place for temporary files", () => {
  const before = process.env.TMPDIR;
  afterEach(() => {
    if (before === undefined) delete process.env.TMPDIR;
    else process.env.TMPDIR = before;
  });

  test("that is not there is one sentence", () => {
    process.env.TMPDIR = "/nowhere/at/all";
    const open = () => openSession(smallProgram());
    expect(open).toThrow(/^cannot write the program that TensorFlow loads: there is no folder \/nowhere\/at\/all$/);
    expect(open).toThrow(UserError);
  });

  test("that is full is one sentence, and nothing is left in it", needs("mount"), () => {
    const folder = mkdtempSync(join(tmpdir(), "inception-full-"));
    execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k", "none", folder]);
    try {
      process.env.TMPDIR = folder;
      writeFileSync(join(folder, "filler"), new Uint8Array(4096));
      expect(() => openSession(smallProgram())).toThrow(
        /^cannot write the program that TensorFlow loads to .*: no room/,
      );
      expect(readdirSync(folder)).toEqual(["filler"]);
    } finally {
      execFileSync("umount", [folder]);
      rmSync(folder, { recursive: true });
    }
  });
});

describe("values cross unchanged", () => {
  test("string feeds are decoded in the graph, also from shared memory", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(12));
    shared.set(bytes.value);
    for (const value of [bytes.value, shared]) {
      const [doubled] = session.run({ bytes: { dtype: "string", value } }, ["doubled"]);
      expect(doubled).toEqual({ shape: [3], data: Float32Array.of(2, 5, -6) });
    }
  });

  test("several feeds and fetches keep their order", () => {
    const [count, nonnegative, sum] = session.run({ x: float(1.5), n }, ["count", "nonnegative", "sum"]);
    expect(sum).toEqual({ shape: [], data: Float32Array.of(3) });
    expect(count).toEqual({ shape: [2], data: Int32Array.of(14, -2) });
    expect(nonnegative!.data[0]).toBe(1);
  });

  test("a single string comes back as its bytes, also an empty one", () => {
    expect(session.run({ bytes }, ["echo"])[0]).toEqual({ shape: [], data: bytes.value });
    const empty = { dtype: "string", value: new Uint8Array() } as const;
    expect(session.run({ bytes: empty }, ["echo"])[0]).toEqual({ shape: [], data: new Uint8Array() });
  });
});

describe("variables", () => {
  test("live as long as their session and belong to it alone", () => {
    const other = openSession(smallProgram());
    for (const each of [session, other]) each.run({}, ["start"]);
    for (const amount of [2, 3]) session.run({ x: float(amount) }, ["add"]);
    expect(session.run({}, ["read"])[0]!.data[0]).toBe(5);
    expect(other.run({}, ["read"])[0]!.data[0]).toBe(0);
    other.close();
    expect(() => other.run({}, ["read"])).toThrow("closed");
  });
});

describe("errors", () => {
  const cases: [string, () => unknown, RegExp][] = [
    ["an unknown fetch is named", () => session.run({ x: float(1) }, ["nowhere"]), /fetched nowhere:0/],
    ["an unknown feed is named", () => session.run({ nothing: float(1) }, ["sum"]), /fed nothing:0/],
    ["a missing feed is named by TensorFlow", () => session.run({}, ["sum"]), /placeholder.*x/i],
    ["a feed of another type", () => session.run({ x: { ...n } }, ["sum"]), /int32/],
    ["values that do not fill the shape", () => session.run({ n: { ...n, shape: [3] } }, ["count"]), /num_elements=3/],
    [
      "bytes that do not divide into values",
      () => session.run({ bytes: { dtype: "string", value: new Uint8Array(5) } }, ["doubled"]),
      /size/,
    ],
    ["a comma in a name", () => session.run({}, ["sum,count"]), /comma/],
    ["an empty name", () => session.run({}, [""]), /empty/],
    ["nothing fetched", () => session.run({}, []), /fetch/],
    ["a type that cannot be read", () => session.run({ x: float(1) }, ["wide"]), /wide has data type 14/],
    ["an int64 result", () => session.run({ n }, ["long"]), /long has data type 9/],
    ["an array of strings", () => session.run({ bytes }, ["texts"]), /texts is an array of strings/],
    ["a fetch without output", () => session.run({}, ["assign"]), /fetched assign:0/],
    ["a program that is none", () => openSession(new Uint8Array([1, 2, 3])), /SavedModel/],
  ];

  test.each(cases)("%s", (_, run, message) => {
    const { getNumOfTensors } = loadBinding();
    const before = getNumOfTensors();
    expect(run).toThrow(message);
    expect(getNumOfTensors()).toBe(before);
    expect(session.run({ x: float(2) }, ["sum"])[0]!.data[0]).toBe(4);
  });
});

test("nothing stays behind: no folder, no handle, no memory over 2,000 runs", () => {
  const { getNumOfTensors } = loadBinding();
  const feeds = { bytes: { dtype: "string", value: new Uint8Array(1 << 20) }, x: float(1) } as const;
  const run = (times: number) => {
    for (let i = 0; i < times; i++) session.run(feeds, ["doubled", "sum"]);
    (globalThis as { gc?: () => void }).gc?.();
    return process.memoryUsage.rss();
  };
  const folders = readdirSync(tmpdir()).length;
  const handles = getNumOfTensors();
  const before = run(200);
  const grown = run(2_000) - before;
  expect(getNumOfTensors()).toBe(handles);
  expect(readdirSync(tmpdir()).length).toBe(folders);
  expect(grown).toBeLessThan(64 << 20);
});
