// inception weights list|show|get: the weights that others publish of these networks.
import type { Command } from "commander";
import { acts, flag, type OptionsOf, text } from "../options.ts";
import { note, print, printJson } from "../print.ts";

const listOptions = { json: flag("print the table as one JSON document") };
const showOptions = { json: flag("print it as one JSON document") };
const getOptions = {
  file: text("<file>", "a file that was fetched by hand, instead of a download"),
  json: flag("print the outcome as one JSON document"),
};

export function registerWeights(program: Command): void {
  const weights = program
    .command("weights")
    .description("list the weights that others publish of these networks, or get some")
    .addHelpText("after", help);
  acts(weights.command("list", { isDefault: true }), listOptions, runList).description("a line for each (the default)");
  acts(weights.command("show"), showOptions, runShow)
    .description("all that is known of published weights")
    .argument("<name>", "as inception weights lists it, or another name that it has");
  acts(weights.command("get"), getOptions, runGet)
    .description("download published weights, check them, import them")
    .argument("<name>", "as inception weights lists it, or another name that it has")
    .addHelpText("after", getHelp);
}

const help = `
Examples:
  inception weights
  inception weights list --json
  inception weights show googlenet
  inception weights get googlenet
  inception train photos --from googlenet`;

const getHelp = `
A download that breaks off is gone on with by the same command. The file is
held against its published size and hash, as far as there are any, and
imported below ~/.cache/inception/weights/. A file that was fetched by hand is
taken from --file, or from ~/.cache/inception/downloads/ under the name that
inception weights show says. INCEPTION_WEIGHTS_MIRROR is an address with all of
these files, to fetch from instead; https_proxy and no_proxy are heeded.

Examples:
  inception weights get inception-v3
  inception weights get googlenet --file ~/Downloads/googlenet-1378be20.pth`;

async function runList({ json }: OptionsOf<typeof listOptions>): Promise<void> {
  const { published } = await import("../../published/weights.ts");
  const { weightsDocument } = await import("../documents/weights.ts");
  const { listPublished } = await import("../published-report.ts");
  if (json) return printJson(weightsDocument(published));
  print(listPublished(published));
}

async function runShow(name: string, { json }: OptionsOf<typeof showOptions>): Promise<void> {
  const { chosen, describePublished } = await import("../published-report.ts");
  const { weightsDocument } = await import("../documents/weights.ts");
  const entry = chosen(name);
  if (json) return printJson(weightsDocument([entry]));
  print(describePublished(entry));
}

async function runGet(name: string, { file, json }: OptionsOf<typeof getOptions>): Promise<void> {
  const { chosen, describeGot } = await import("../published-report.ts");
  const { getWeights } = await import("../../weights/get.ts");
  const { byteProgress } = await import("../download.ts");
  const entry = chosen(name);
  let progress: ReturnType<typeof byteProgress> | undefined;
  const onBytes = (bytes: number, expected: number | undefined): void => {
    progress ??= byteProgress();
    progress.update(bytes, expected);
  };
  const request = { note, onBytes, ...(file === undefined ? {} : { file }) };
  const got = await getWeights(entry, request).finally(() => progress?.stop());
  const { weightsGetDocument } = await import("../documents/weights.ts");
  if (json) return printJson(weightsGetDocument(entry, got));
  print(describeGot(entry, got));
}
