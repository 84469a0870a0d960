// Completion scripts, asked as a shell asks them.
import { spawnSync } from "node:child_process";
import { expect, test } from "vitest";
import { buildApp } from "../../src/cli/app.ts";
import { completionScript } from "../../src/cli/completion.ts";
import { needs } from "../needs.ts";

const bash = completionScript(buildApp(), "bash");

/** What bash offers for the last word of a line. */
function offered(line: string): string[] {
  const words = line.split(" ");
  const asked = `COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}; _inception; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = spawnSync("bash", ["-c", `${bash}\n${asked}`], { encoding: "utf8" });
  expect(stderr).toBe("");
  return stdout.split("\n").filter(Boolean);
}

test.each([
  ["inception tr", ["train"]],
  ["inception data ", ["make", "check", "preview", "index", "-h", "--help"]],
  ["inception train --ep", ["--epochs"]],
  ["inception train photos --kernels ", ["auto", "tensorflow", "own"]],
  ["inception eval runs/train/a-1 --crops 1", ["10", "12", "144"]],
  ["inception data make sh", []],
] as const)("bash offers for %j", needs("bash"), (line, expected) => {
  expect(offered(line)).toEqual(expected);
});

test("zsh has the same by its own means for them", () => {
  expect(completionScript(buildApp(), "zsh")).toBe(`autoload -U +X bashcompinit && bashcompinit\n${bash}`);
});

test("fish has a line for each command and option, with what it means", () => {
  const fish = completionScript(buildApp(), "fish").split("\n");
  expect(fish).toContain(
    "complete -c inception -n '__fish_use_subcommand' -a train -d 'train an experiment; Ctrl-C saves and exits 75, and --resume continues'",
  );
  expect(fish.find((line) => line.includes("-l kernels") && line.includes("from train"))).toMatch(
    /^complete -c inception -n '__fish_seen_subcommand_from train' -l kernels -x -a 'auto tensorflow own' -d '/,
  );
});
