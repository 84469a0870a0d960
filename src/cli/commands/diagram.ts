// inception diagram
import type { Command } from "commander";
import { networkArgument } from "../network-words.ts";
import { acts, choice, type OptionsOf, repeated, text } from "../options.ts";
import { note, print } from "../print.ts";

const options = {
  format: choice("<format>", "what to write", { choices: ["svg", "mermaid"], standard: "svg" }),
  output: text("<file>", "write there instead of to stdout", { short: "o" }),
  set: repeated("<key=value>", "change a key, as in network.stem=table1"),
};
type Options = OptionsOf<typeof options>;

export function registerDiagram(program: Command): void {
  acts(program.command("diagram"), options, run)
    .description("draw a network as SVG or as a Mermaid flowchart")
    .argument("<network|config>", networkArgument)
    .addHelpText("after", help);
}

async function run(argument: string, options: Options): Promise<void> {
  const text = await render(argument, options);
  if (options.output === undefined) return print(text.trimEnd());
  await write(options.output, text);
  note(`wrote ${options.output}`);
}

async function render(argument: string, { format, set }: Options): Promise<string> {
  const { readNetwork } = await import("../network-argument.ts");
  const { buildNetwork } = await import("../../network/catalog.ts");
  const { draw } = await import("../../interpret/drawing.ts");
  const { toMermaid } = await import("../../interpret/mermaid.ts");
  const { toSvg } = await import("../../interpret/svg.ts");
  const { options, size } = await readNetwork(argument, set);
  const drawing = draw(buildNetwork(options, size), { height: size, width: size, channels: 3 });
  return format === "mermaid" ? toMermaid(drawing) : toSvg(drawing, `${options.name}, ${size} x ${size} pixels`);
}

/** Whole or not at all: a neighbouring file, renamed when it is complete. */
async function write(file: string, text: string): Promise<void> {
  const { rename, rm, writeFile } = await import("node:fs/promises");
  const { UserError } = await import("../../errors.ts");
  const partial = `${file}.${process.pid}.partial`;
  try {
    await writeFile(partial, text);
    await rename(partial, file);
  } catch (cause) {
    await rm(partial, { force: true }).catch(() => {});
    const { code } = cause as NodeJS.ErrnoException;
    throw new UserError(code === "ENOSPC" ? "diskFull" : "io", `${file}: cannot be written (${code})`, { cause });
  }
}

const help = `
Examples:
  $ inception diagram inception-v3 -o inception-v3.svg
  $ inception diagram googlenet -o googlenet.svg
  $ inception diagram inception-v2 --format mermaid -o inception-v2.mmd
  $ inception diagram configs/quickstart.yaml > quickstart.svg`;
