// inception completion: scripts by which shells complete commands and options.
import type { Command } from "commander";
import type { Shell } from "../completion.ts";
import { acts, wordArgument } from "../options.ts";
import { print } from "../print.ts";

export function registerCompletion(program: Command): void {
  acts(program.command("completion"), {}, (shell: Shell, _options: object) => run(program, shell))
    .description("print a script by which a shell completes commands and options")
    .addArgument(wordArgument("<shell>", "which", ["bash", "zsh", "fish"] satisfies Shell[]))
    .addHelpText("after", help);
}

const help = `
Examples:
  inception completion bash >> ~/.bashrc
  inception completion zsh >> ~/.zshrc
  inception completion fish > ~/.config/fish/completions/inception.fish`;

async function run(program: Command, shell: Shell): Promise<void> {
  const { completionScript } = await import("../completion.ts");
  print(completionScript(program, shell).trimEnd());
}
