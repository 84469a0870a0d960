import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Command } from "commander";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildApp } from "../../src/cli/app.ts";
import { needs } from "../needs.ts";

const root = join(import.meta.dirname, "../..");
const bin = join(root, "bin/inception.js");

beforeAll(() => {
  if (!existsSync(join(root, "dist/cli/main.js"))) throw new Error("run `npm run build` first: dist/ is missing");
});

function inception(...words: string[]) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...words], { encoding: "utf8", cwd: root });
  return { status, stdout, stderr };
}

const leaves = (command: Command, path: readonly string[] = []): string[][] =>
  command.commands.length === 0
    ? [[...path]]
    : command.commands.flatMap((child) => leaves(child, [...path, child.name()]));

describe("help", () => {
  it("lists every command on stdout and ends with 0", () => {
    const { status, stdout, stderr } = inception("--help");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    for (const command of buildApp().commands) expect(stdout).toMatch(new RegExp(`^  ${command.name()}[ |]`, "m"));
  });

  it.each(leaves(buildApp()).map((path) => [path.join(" ")]))("of %s, or of its group, has examples of it", (path) => {
    const words = path.split(" ");
    const texts = words.map((_, depth) => inception(...words.slice(0, depth + 1), "--help"));
    expect(texts.map(({ status }) => status)).toEqual(words.map(() => 0));
    const examples = texts.map(({ stdout }) => stdout.split(/^Examples?:$/m)[1] ?? "").join("");
    expect(examples).toContain(`inception ${path}`);
    const tooLong = texts.flatMap(({ stdout }) => stdout.split("\n").filter((line) => line.length > 80));
    expect(tooLong).toEqual([]);
  });

  it("is shown on stderr, with code 2, where no command is given", () => {
    const { status, stdout, stderr } = inception();
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(/^Usage: inception /);
  });

  it("has no say in the version", () => {
    const { status, stdout } = inception("--version");
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});

describe("usage errors end with 2 and say what was meant", () => {
  it.each([
    [["cots"], /unknown command 'cots'[\s\S]*Did you mean cost\?/],
    [["cost", "inception-v3", "--jsn"], /unknown option '--jsn'[\s\S]*Did you mean --json\?/],
    [["diagram"], /missing required argument/],
    [["cost", "inception-v3", "--batch", "0"], /^error: --batch: expected a whole number from 1 to 999999, got "0"\n/],
    [["eval", "--limit", "0"], /^error: --limit: expected a whole number above 0, got "0"\n/],
    [["eval", "-b", "1e2"], /^error: --batch: expected a whole number above 0, got "1e2"\n/],
    [["bench", "train", "--steps", "0x10"], /^error: --steps: expected a whole number from 1 to 1000000, got "0x10"\n/],
    [["ablate", "--jobs", "1.0"], /^error: --jobs: expected a whole number from 1 to 256, got "1.0"\n/],
    [["predict", "x.jpg", "--top", " 5 "], /^error: --top: expected a whole number above 0, got " 5 "\n/],
    [
      ["eval", "--kernels", "fast"],
      /--kernels: expected one of auto, tensorflow, own, a file that is there, got "fast"/,
    ],
    [["data", "make", "circles"], /^error: <set>: expected one of shapes, got "circles"$/m],
    [
      ["train", "quickstart", "--resume"],
      /^error: --resume takes the run's own experiment and no other, got quickstart\n/,
    ],
    [["config", "chekc"], /unknown command 'chekc'[\s\S]*Did you mean check\?/],
    [
      ["config", "check", "quickstrat"],
      /quickstrat: no such file, photographs or shipped config; did you mean quickstart\?/,
    ],
    [["cost", "inception-v9"], /inception-v9: no such network/],
    [["bench", "eval", "--batch", "9007199254740991"], /--batch: expected at most \d+ pictures of 299 px at a time/],
    [["bench", "kernels", "--batch", "9007199254740991"], /--batch: expected at most \d+ pictures of 299 px at a time/],
    [["bench", "train", "--size", "9007199254740991"], /--size: expected a whole number from 1 to 2048/],
  ] as const)("%j", (words, said) => {
    const { status, stdout, stderr } = inception(...words);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(said);
    expect(stderr).not.toMatch(/\n\s+at /);
  });
});

describe("a run to resume that is not there ends with 6 and says where it was looked for", () => {
  const empty = mkdtempSync(join(tmpdir(), "inception-app-"));
  afterAll(() => rmSync(empty, { recursive: true }));

  it.each([
    [["--resume", "-o", empty], `there is no run to resume in ${empty}: no folder in it has a run.json`],
    [["--resume", empty], `${empty} is not a run folder: it has no run.json`],
  ])("%j", (words, said) => {
    const { status, stdout, stderr } = inception("train", ...words);
    expect({ status, stdout }).toEqual({ status: 6, stdout: "" });
    expect(stderr).toContain(`error: ${said}\nhint: `);
  });
});

it("a command that waits for ever with nothing left to do is a bug that says so, and ends with 1", () => {
  const commander = pathToFileURL(join(root, "node_modules/commander/esm.mjs")).href;
  const never = `import { Command } from "${commander}"; Command.prototype.parseAsync = () => new Promise(() => {});`;
  const preload = ["--import", `data:text/javascript,${encodeURIComponent(never)}`];
  const { status, stderr } = spawnSync(process.execPath, [...preload, bin, "cost", "inception-v3"], {
    encoding: "utf8",
  });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^error: this is a bug in inception .*\nError: the command waits for something that never comes/,
  );
});

describe("output", () => {
  it("of --json is one document", () => {
    const { status, stdout, stderr } = inception("cost", "inception-v3", "--json");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(JSON.parse(stdout)).toMatchObject({ schema: "inception.cost/1", size: 299 });
  });

  it("may be cut short by its reader", needs("bash"), () => {
    const script = `set -o pipefail; "$0" "$1" config schema | head -c 1 >/dev/null; echo "\${PIPESTATUS[0]}"`;
    const { stdout, stderr } = spawnSync("bash", ["-c", script, process.execPath, bin], { encoding: "utf8" });
    expect({ code: stdout.trim(), stderr }).toEqual({ code: "0", stderr: "" });
  });

  it("that finds the disk full is an error of the disk", needs("bash", "devFull"), () => {
    const { stdout, stderr } = spawnSync(
      "bash",
      ["-c", `"$0" "$1" cost inception-v3 >/dev/full; echo $?`, process.execPath, bin],
      {
        encoding: "utf8",
      },
    );
    expect(stdout.trim()).toBe("73");
    expect(stderr).toMatch(/^error: .*no room on the disk/);
  });
});

it("too few files that a process may open are one sentence, ended with 74", needs("bash", "linux"), () => {
  const within = (most: number) => {
    const script = `ulimit -n ${most}; "$0" "$1" --version`;
    const { status, stderr } = spawnSync("bash", ["-c", script, process.execPath, bin], { encoding: "utf8" });
    return { status, stderr };
  };
  expect(within(255)).toEqual({
    status: 74,
    stderr: "error: a process may open 255 files here, expected 256 at least\nhint: `ulimit -n 4096` allows more\n",
  });
  expect(within(256)).toEqual({ status: 0, stderr: "" });
});
