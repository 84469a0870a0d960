import { Command } from "commander";
import { describe, expect, test } from "vitest";
import { buildApp } from "../../src/cli/app.ts";
import {
  acts,
  choice,
  decimal,
  flag,
  negated,
  type OptionsOf,
  perhapsText,
  readWhole,
  repeated,
  text,
  texts,
  wholeNumber,
  wordArgument,
  wordOrFile,
} from "../../src/cli/options.ts";

const options = {
  output: text("<folder>", "where", { short: "o", standard: "runs" }),
  data: text("<source>", "which"),
  perClass: wholeNumber("<n>", "how many", { least: 0, most: 9, standard: 3 }),
  limit: wholeNumber("<n>", "at most"),
  by: choice("<rows>", "rows", { choices: ["stage", "layer"], standard: "stage" }),
  when: choice("<when>", "when", { choices: ["now", "later"] }),
  kernels: wordOrFile("<whose>", "whose", ["auto", "own"]),
  preset: choice("<name>", "another one", { choices: ["tf", "timm"] }),
  share: decimal("<share>", "how much", { least: 0.1, most: 1 }),
  resume: perhapsText("[run]", "resume"),
  saved: texts("<folder...>", "stored", { conflicts: ["data"] }),
  set: repeated("<key=value>", "change"),
  estimate: negated("do not estimate"),
  json: flag("as JSON"),
};
type Options = OptionsOf<typeof options>;

function given(...words: string[]): Options {
  let found: Options | undefined;
  const command = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  acts(command, options, (taken: Options) => {
    found = taken;
  });
  command.parse(words, { from: "user" });
  return found!;
}

test("what is left out has its standard or is not there at all", () => {
  expect(given()).toEqual({ output: "runs", perClass: 3, by: "stage", set: [], estimate: true });
});

test("what is given arrives under its key with its type", () => {
  const words = ["-o", "a", "--data", "b", "--per-class", "0", "--limit", "7", "--by", "layer", "--when", "now"];
  expect(given(...words, "--resume", "--set", "a=1", "--set", "b=2", "--no-estimate", "--json")).toEqual({
    output: "a",
    data: "b",
    perClass: 0,
    limit: 7,
    by: "layer",
    when: "now",
    resume: true,
    set: ["a=1", "b=2"],
    estimate: false,
    json: true,
  });
  expect(given("--preset", "timm", "--share", "0.95")).toMatchObject({ preset: "timm", share: 0.95 });
  expect(given("--saved", "x", "y", "--resume", "run-1")).toMatchObject({ saved: ["x", "y"], resume: "run-1" });
});

test("conflicts and foreign words are refused by name", () => {
  expect(() => given("--saved", "x", "--data", "y")).toThrow(/--saved.*--data/);
  expect(() => given("--by", "row")).toThrow(/^--by: expected one of stage, layer, got "row"$/);
  expect(() => given("--when", "never")).toThrow(/^--when: expected one of now, later, got "never"$/);
});

test("a slip of the finger is told the word that was meant, in options and arguments alike", () => {
  expect(() => given("--when", "latr")).toThrow(/, got "latr"; did you mean later\?$/);
  expect(() => given("--kernels", "owm")).toThrow(
    /^--kernels: expected one of auto, own, a file that is there, got "owm"; did you mean own\?$/,
  );
  const command = new Command().exitOverride().addArgument(wordArgument("<shell>", "which", ["bash", "zsh"]));
  expect(() => command.parse(["bsh"], { from: "user" })).toThrow(/^<shell>: .*; did you mean bash\?$/);
});

test("no option of a command has a list of words without that", () => {
  const all = (command: Command): Command[] => [command, ...command.commands.flatMap(all)];
  const chosen = all(buildApp()).flatMap(({ options, registeredArguments }) =>
    [...options, ...registeredArguments].filter(({ argChoices }) => argChoices !== undefined),
  );
  expect(chosen.length).toBeGreaterThan(20);
  for (const { argChoices, parseArg } of chosen)
    expect(() => parseArg!(`${argChoices![0]}x`, undefined)).toThrow(`; did you mean ${argChoices![0]}?`);
});

describe("a whole number", () => {
  test.each(["1e2", "0x10", " 5 ", "1.0", "-1", "+1", "", "007", "five", "٣", "10", "99999999999999999999"])(
    "is not %j, which the message says with the option and its range",
    (word) => {
      expect(() => given("--per-class", word)).toThrow(
        `--per-class: expected a whole number from 0 to 9, got ${JSON.stringify(word)}`,
      );
    },
  );

  test("is above 0 where nothing else is said, and exact", () => {
    expect(() => given("--limit", "0")).toThrow('--limit: expected a whole number above 0, got "0"');
    expect(() => readWhole("--n", "9007199254740993")).toThrow(/--n: expected a whole number above 0/);
    expect(readWhole("--n", "9007199254740991")).toBe(Number.MAX_SAFE_INTEGER);
  });
});

test.each(["0.09", "1.01", "-0.5", "1e-1", "half", "", " 1", "0,9"])(
  "a decimal number in a range is not %j",
  (word) => {
    expect(() => given("--share", word)).toThrow(
      `--share: expected a number from 0.1 to 1, got ${JSON.stringify(word)}`,
    );
  },
);

test("an option that is read and not declared, or declared with another type, does not compile", () => {
  const command = () => new Command();
  // @ts-expect-error `by` is not declared.
  acts(command(), { json: options.json }, (_: { json?: boolean; by?: string }) => {});
  // @ts-expect-error `limit` is a number.
  acts(command(), { limit: options.limit }, (_: { limit?: string }) => {});
  // @ts-expect-error `limit` may be left out.
  acts(command(), { limit: options.limit }, (_: { limit: number }) => {});
  acts(command(), { limit: options.limit }, (_argument: string, _: { limit?: number }) => {});
  // @ts-expect-error `all` is no key.
  expect(given().all).toBeUndefined();
});
