// inception init: a first experiment file for a folder of photographs.
import type { Command } from "commander";
import { acts, type OptionsOf, text } from "../options.ts";
import { note, print } from "../print.ts";
import { changes } from "../shorthands.ts";

const options = {
  ...changes,
  output: text("<file>", "the file that is written", { short: "o", standard: "inception.yaml" }),
};
type Options = OptionsOf<typeof options>;

export function registerInit(program: Command): void {
  acts(program.command("init"), options, run)
    .description("write a commented experiment file for photographs, by what they are")
    .argument("<photographs>", "a folder with a folder for each class, a list or an archive")
    .addHelpText("after", help);
}

const help = `
\`inception train\` takes ./inception.yaml where no other file is named.

Examples:
  inception init photos                 writes inception.yaml
  inception init photos --from googlenet --size 160 -o birds.yaml`;

async function run(photographs: string, { output, ...asked }: Options): Promise<void> {
  const { writeStarter } = await import("../starter.ts");
  const { defaultFile } = await import("../../config/find.ts");
  print(`${output}: ${await writeStarter(photographs, output, asked)}`);
  note(`next        inception train${output === defaultFile ? "" : ` ${output}`}`);
}
