// What README, docs/ and the shipped configs' headers say: commands that exist, links that lead somewhere, lines that fit.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Command } from "commander";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { openAblation } from "../src/ablate/open.ts";
import { buildApp } from "../src/cli/app.ts";
import { divergenceSchema } from "../src/config/divergence.ts";
import { findAblation, findConfig } from "../src/config/find.ts";
import { anySet, loadExperiment, parseExperiment } from "../src/config/load.ts";
import { optimizerSchema, scheduleSchema } from "../src/config/schema.ts";
import { mixSchema } from "../src/config/variation.ts";
import { networkSchema } from "../src/network/schema.ts";

const root = join(import.meta.dirname, "..");
const read = (file: string): string => readFileSync(join(root, file), "utf8");
const filesIn = (folder: string, ending: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name))
    .sort();

const pages = ["README.md", "CONTRIBUTING.md", "data/README.md", "test/bench/README.md", ...filesIn("docs", ".md")];
const headers = filesIn("configs", ".yaml");
const longestLine = 120;

describe.each(pages)("%s", (page) => {
  const text = read(page);

  it(`has lines of at most ${longestLine} columns`, () => {
    expect(text.split("\n").filter((line) => line.length > longestLine)).toEqual([]);
  });

  it("links to files and headings that exist", () => {
    expect(linksOf(text).filter((link) => !leadsSomewhere(page, link))).toEqual([]);
  });
});

const linksOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/(?:\]\(|src=")([^)"\s]+)[)"]/g)]
    .map(([, target]) => target!)
    .filter((link) => !/^https?:/.test(link));

function leadsSomewhere(page: string, link: string): boolean {
  const [path = "", heading] = link.split("#");
  const file = path === "" ? page : join(dirname(page), path);
  if (!existsSync(join(root, file))) return false;
  return heading === undefined || headingsOf(read(file)).includes(heading);
}

/** As GitHub makes anchors of them. */
const headingsOf = (text: string): string[] =>
  [...withoutCode(text).matchAll(/^#+ (.+)$/gm)].map(([, title]) =>
    title!
      .toLowerCase()
      .replace(/[^a-z0-9 _-]/g, "")
      .replaceAll(" ", "-"),
  );

const fence = /^```(\w*)\n([\s\S]*?)^```$/gm;
const withoutCode = (text: string): string => text.replace(fence, "");

/** Each `inception ...` of a text, with continued lines joined, split at && and cut at comments. */
function commandsIn(where: string, text: string): Shown[] {
  return text
    .replace(/\\\n/g, " ")
    .split("\n")
    .flatMap((line) => line.replace(/\s#\s.*$/, "").split(/&&|\|/))
    .map((line) =>
      line
        .trim()
        .replace(/^\$ /, "")
        .replace(/^node bin\/inception\.js/, "inception"),
    )
    .filter((line) => /^inception [a-z-]/.test(line))
    .map((line) => ({ where, line, words: wordsOf(line.replace(/ 2?> ?\S+$/, "")).slice(1) }));
}

/** As a shell splits them, without expansions. */
const wordsOf = (line: string): string[] =>
  [...line.matchAll(/(?:"[^"]*"|'[^']*'|[^\s"'])+/g)].map(([word]) => word.replace(/["']/g, ""));

type Shown = { readonly where: string; readonly line: string; readonly words: readonly string[] };

const shown: readonly Shown[] = [
  ...pages.flatMap((page) => [
    ...[...read(page).matchAll(fence)]
      .filter(([, language]) => language === "")
      .flatMap(([, , code]) => commandsIn(page, code!)),
    ...[...withoutCode(read(page)).matchAll(/`([^`]+)`/g)].flatMap(([, code]) =>
      commandsIn(page, code!.replace(/\s+/g, " ")),
    ),
  ]),
  ...headers.flatMap((file) => commandsIn(file, read(file).replace(/^#\s*/gm, ""))),
];

describe("the commands that are shown", () => {
  it("include each command of the tool", () => {
    const names = new Set(shown.map(({ words }) => words[0]));
    expect(
      buildApp()
        .commands.map((command) => command.name())
        .filter((name) => !names.has(name)),
    ).toEqual([]);
  });

  it("name npm scripts that exist", () => {
    const { scripts } = JSON.parse(read("package.json")) as { scripts: Record<string, string> };
    const named = pages.flatMap((page) => [...read(page).matchAll(/npm run ([a-z:-]+)/g)].map(([, name]) => name!));
    expect(named.filter((name) => !(name in scripts))).toEqual([]);
  });

  it.each(shown.map(({ where, line, words }) => [where, line, words] as const))(
    "%s: %s",
    async (_where, _line, words) => {
      const { command, rest } = descend(buildApp(), words);
      const { operands, unknown } = command.parseOptions([...rest]);
      expect(unknown.filter((word) => !["-h", "--help"].includes(word))).toEqual([]);
      expect(command.commands.length === 0 ? "a command" : `a group: ${operands.join(" ")}`).not.toMatch(/^a group: ./);
      if (!command.registeredArguments.at(-1)?.variadic)
        expect(operands.length).toBeLessThanOrEqual(command.registeredArguments.length);
      await checkSettings(command.name(), operands[0], (command.opts() as { set?: string[] }).set ?? []);
    },
  );
});

function descend(command: Command, words: readonly string[]): { command: Command; rest: readonly string[] } {
  const [word, ...rest] = words;
  const child = command.commands.find((one) => one.name() === word || one.aliases().includes(word ?? ""));
  return child ? descend(child, rest) : { command, rest: words };
}

/** A shipped experiment or ablation that is named exists and takes the changes that are shown with it. */
async function checkSettings(command: string, subject: string | undefined, sets: readonly string[]): Promise<void> {
  const isPath = subject !== undefined && /[./]/.test(subject);
  if (command === "train" && subject === "photos")
    return void parseExperiment("data: { train: photos }", subject, sets, anySet);
  if (command === "train" && !isPath) await loadExperiment(await findConfig(subject ?? "quickstart"), sets);
  if (command === "ablate" && !isPath) await openAblation(await findAblation(subject ?? "table3"), { sets });
}

describe("docs/formats.md", () => {
  const text = read("docs/formats.md");
  const blocks = [...text.matchAll(fence)].filter(([, language]) => language === "yaml");
  const written = parse(blocks[0]![2]!) as { data: object; network: object };
  const variants = [...withoutCode(text).matchAll(/`(\{ name: [^`]*\})`/g)].map(
    ([, code]) => parse(code!) as { name: string },
  );

  it("shows every key of an experiment with its default", () => {
    const { experiment } = parseExperiment("data: { train: photos }", join(root, "experiment.yaml"));
    const { train } = experiment.data;
    expect({ ...written, data: { ...written.data, train } }).toEqual(experiment);
  });

  it.each(
    [networkSchema, scheduleSchema, optimizerSchema, mixSchema, divergenceSchema].flatMap((schema) =>
      schema.options.map(({ shape }) => [shape.name.value, schema] as const),
    ),
  )("shows the keys of %s with their defaults", (name, schema) => {
    const shown = variants.find((variant) => variant.name === name) ?? (name === "inception-v3" ? { name } : {});
    const shared = name.startsWith("inception-") ? written.network : {};
    expect({ ...shared, ...shown }).toEqual(schema.parse({ name }));
  });
});

it.each(filesIn("docs/images", ".svg"))("%s is small enough for a page", (file) => {
  expect(read(file)).toMatch(/^<svg /);
  expect(read(file).length).toBeLessThan(150_000);
});
