// Who may import whom, which libraries have one door, and what a light command loads.
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, normalize, relative } from "node:path";
import { describe, expect, it } from "vitest";

const root = join(import.meta.dirname, "..");

/** What evaluation and all beyond it stand on. */
const work = ["network", "interpret", "graph", "runtime", "race", "images", "config", "checkpoint", "run"];
/** Each folder of src/ with those it may import from beside itself. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  network: [],
  interpret: ["network"],
  graph: ["network", "interpret"],
  download: [],
  published: ["download"],
  runtime: ["network", "graph", "download"],
  cluster: ["graph", "runtime"],
  race: ["network", "interpret", "graph", "checkpoint", "runtime"],
  images: [],
  config: ["network", "interpret", "checkpoint", "published"],
  checkpoint: ["network", "interpret", "published"],
  run: ["checkpoint"],
  weights: ["download", "published", "network", "interpret", "images", "config", "checkpoint", "run"],
  onnx: ["network", "interpret", "published", "checkpoint", "graph"],
  tensorflow: ["network", "interpret", "published", "images", "checkpoint", "graph"],
  evaluate: [...work, "published", "onnx", "statistics"],
  explain: [...work, "evaluate", "statistics"],
  train: [...work, "cluster", "evaluate"],
  statistics: [],
  report: ["statistics"],
  export: [...work, "published", "weights", "onnx", "tensorflow", "evaluate"],
  results: [...work, "evaluate", "statistics", "report"],
  bench: [...work, "cluster", "evaluate", "train"],
  "run-report": [...work, "evaluate", "explain", "train", "statistics", "report", "results", "ablate"],
  ablate: [
    ...work.filter((folder) => folder !== "graph"),
    "evaluate",
    "train",
    "bench",
    "statistics",
    "report",
    "results",
  ],
  api: [...work, "evaluate", "explain", "train", "results"],
  "index.ts": ["config", "evaluate", "explain", "api"],
  cli: [
    ...work,
    "download",
    "published",
    "weights",
    "cluster",
    "evaluate",
    "explain",
    "export",
    "tensorflow",
    "train",
    "bench",
    "statistics",
    "report",
    "results",
    "ablate",
    "run-report",
  ],
};
const forAll: readonly string[] = [
  "src/cache-folder.ts",
  "src/counted.ts",
  "src/crc.ts",
  "src/driven.ts",
  "src/errors.ts",
  "src/io-error.ts",
  "src/lock.ts",
  "src/out-of-memory.ts",
  "src/system.ts",
  "src/temporary.ts",
  "src/text-file.ts",
  "src/version.ts",
  "src/visible.ts",
  "src/worker-file.ts",
];

/** Packages with one door: the package, and the files that may import it. */
const doors: readonly (readonly [module: RegExp, door: RegExp])[] = [
  [/^@tensorflow\//, /^src\/runtime\//],
  [/^node-api-headers/, /^src\/runtime\//],
  [/^sharp$/, /^src\/images\/decode\.ts$/],
  [
    /^protobufjs/,
    /^src\/(graph\/graph-def|runtime\/server|onnx\/messages|run\/event-file|weights\/readers\/(caffe|tensorflow-messages))\.ts$/,
  ],
  [/^onnxruntime-node$/, /^src\/onnx\/runtime\.ts$/],
  [/^minimatch$/, /^src\/images\/sources\/(shard-files|named)\.ts$/],
  [/^yauzl$/, /^src\/(weights\/readers\/zip|runtime\/setup\/unpack)\.ts$/],
  [/^h5wasm/, /^src\/weights\/readers\/hdf5\.ts$/],
  [/^(undici|proxy-from-env)$/, /^src\/download\/connect\.ts$/],
];

const longest = 250;

type Import = { readonly module: string; readonly kind: "static" | "type" | "dynamic" };

const sources = new Map(
  readdirSync(join(root, "src"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => join("src", name))
    .sort()
    .map((file) => [file, readFileSync(join(root, file), "utf8")]),
);

const code = (text: string): string => text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");

function importsOf(text: string): Import[] {
  const stated = [...code(text).matchAll(/^(?:import|export)\s+(type\s)?(?:[^;"'()]*?\sfrom\s+)?"([^"]+)";/gm)].map(
    ([, type, module]): Import => ({ module: module!, kind: type ? "type" : "static" }),
  );
  const called = [...code(text).matchAll(/(typeof\s+)?\bimport\(\s*"([^"]+)"\s*\)/g)].map(
    ([, type, module]): Import => ({ module: module!, kind: type ? "type" : "dynamic" }),
  );
  return [...stated, ...called];
}

const isRelative = ({ module }: Import): boolean => module.startsWith(".");
const target = (file: string, { module }: Import): string => normalize(join(dirname(file), module));
const folderOf = (file: string): string => file.split("/")[1]!;

/** Every module loaded before a command starts its work: files of src/ and names of packages. */
function loadedBy(file: string, seen = new Set<string>()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  for (const found of importsOf(sources.get(file)!).filter(({ kind }) => kind === "static")) {
    if (isRelative(found)) loadedBy(target(file, found), seen);
    else seen.add(found.module);
  }
  return seen;
}

const offences = (judge: (file: string, found: Import) => boolean): string[] =>
  [...sources].flatMap(([file, text]) =>
    importsOf(text)
      .filter((found) => judge(file, found))
      .map(({ module }) => `${file} imports ${module}`),
  );

describe("reading imports", () => {
  it("tells static, type and dynamic imports apart and skips comments", () => {
    const text = [
      'import a, { b } from "a";',
      'import "side";',
      'import type { T } from "./t.ts";',
      "export {\n  c,\n} from '../x.ts';".replaceAll("'", '"'),
      '// import d from "d";',
      'const e = await import("e");',
      'type F = typeof import("f");',
    ].join("\n");
    expect(importsOf(text)).toEqual([
      { module: "a", kind: "static" },
      { module: "side", kind: "static" },
      { module: "./t.ts", kind: "type" },
      { module: "../x.ts", kind: "static" },
      { module: "e", kind: "dynamic" },
      { module: "f", kind: "type" },
    ]);
  });

  it("finds every import of src/", () => {
    for (const [file, text] of sources) {
      const ends = code(text).match(/\bfrom "[^"]+";$/gm) ?? [];
      const stated = importsOf(text).filter(({ kind }) => kind !== "dynamic");
      expect(stated.length, file).toBeGreaterThanOrEqual(ends.length);
    }
  });
});

describe("src/", () => {
  it("has a place for each folder", () => {
    const folders = [...sources.keys()].filter((file) => file.split("/").length > 2).map(folderOf);
    expect([...new Set(folders)].filter((folder) => !(folder in mayImport))).toEqual([]);
  });

  it("imports only in the direction of the layers", () => {
    const found = offences((file, imported) => {
      if (!isRelative(imported)) return false;
      const to = target(file, imported);
      if (forAll.includes(to)) return false;
      if (forAll.includes(file)) return true;
      return folderOf(to) !== folderOf(file) && !mayImport[folderOf(file)]?.includes(folderOf(to));
    });
    expect(found).toEqual([]);
  });

  it("has no circle of files, types among them", () => {
    const circles: string[] = [];
    const done = new Set<string>();
    const visit = (file: string, path: readonly string[]): void => {
      if (path.includes(file)) circles.push([...path.slice(path.indexOf(file)), file].join(" -> "));
      if (path.includes(file) || done.has(file)) return;
      for (const found of importsOf(sources.get(file)!).filter(({ kind }) => kind !== "dynamic"))
        if (isRelative(found)) visit(target(file, found), [...path, file]);
      done.add(file);
    };
    for (const file of sources.keys()) visit(file, []);
    expect(circles).toEqual([]);
  });

  it("imports only files that exist, with their extension", () => {
    expect(offences((file, found) => isRelative(found) && !sources.has(target(file, found)))).toEqual([]);
  });

  it.each(doors)("opens %s only in %s", (module, door) => {
    expect(offences((file, found) => module.test(found.module) && !door.test(file))).toEqual([]);
  });

  it("names the engine's addon only in src/runtime/", () => {
    const mentions = [...sources].filter(([, text]) => /tfjs_binding|\.node["'`]/.test(text));
    expect(mentions.length).toBeGreaterThan(0);
    expect(mentions.map(([file]) => file).filter((file) => !file.startsWith("src/runtime/"))).toEqual([]);
  });

  it("keeps files short", () => {
    const lengths = [...sources].map(([file, text]) => [file, text.split("\n").length - 1] as const);
    expect(lengths.filter(([, lines]) => lines > longest)).toEqual([]);
  });

  it("says in its first line what each file is for", () => {
    expect([...sources].filter(([, text]) => !/^\/\/ \S/.test(text)).map(([file]) => file)).toEqual([]);
  });
});

describe("starting the command line", () => {
  const loaded = [...loadedBy("src/cli/main.ts")];

  it("reaches the commands", () => {
    expect(loaded).toEqual(expect.arrayContaining(["commander", "src/cli/app.ts", "src/cli/commands/config.ts"]));
  });

  it("loads neither the engine, nor the image library, nor native code, nor any schema", () => {
    const heavy =
      /^(sharp|zod|koffi|protobufjs|onnxruntime-node|undici|yauzl|h5wasm|@tensorflow\/.*|src\/runtime\/binding\.ts|src\/lock\.ts|src\/system\.ts)$/;
    expect(loaded.filter((module) => heavy.test(module))).toEqual([]);
  });

  it("lists every command there is", () => {
    const commands = [...sources.keys()].filter((file) => dirname(file) === "src/cli/commands");
    expect(commands.filter((file) => !loaded.includes(file)).map((file) => relative("src/cli/commands", file))).toEqual(
      [],
    );
  });
});

it("no test is left out without a reason that the summary says: needs() is the only way", () => {
  const tests = readdirSync(join(root, "test"), { recursive: true, encoding: "utf8" }).filter((name) =>
    name.endsWith(".test.ts"),
  );
  const silent = tests.filter((name) =>
    /\.(skipIf|runIf|skip|todo|only)\b[.(]/.test(code(readFileSync(join(root, "test", name), "utf8"))),
  );
  expect(tests.length).toBeGreaterThan(50);
  expect(silent).toEqual([]);
});
