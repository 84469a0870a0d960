// inception config show|check|schema
import type { Command } from "commander";
import { openExperiment, set, takesExperiment } from "../experiment.ts";
import { acts, flag, type OptionsOf } from "../options.ts";
import { print, printJson } from "../print.ts";

const options = { set, json: flag("print the result as JSON") };
type Options = OptionsOf<typeof options>;

export function registerConfig(program: Command): void {
  const config = program
    .command("config")
    .description("show, check or document experiment files")
    .addHelpText("after", help);
  acts(takesExperiment(config.command("show")), options, show)
    .description("print the experiment with everything filled in, recipe and defaults; it can be run again")
    .addHelpText(
      "after",
      `
Example:
  $ inception config show inception-v3-paper --set train.batch=16 > mine.yaml`,
    );
  acts(takesExperiment(config.command("check")), options, check)
    .description("say whether the experiment is right, or everything that is wrong with it")
    .addHelpText("after", "\nExample:\n  $ inception config check mine.yaml");
  acts(config.command("schema"), {}, schema)
    .description("print every key with its type, range, default and meaning as a JSON Schema")
    .addHelpText("after", "\nExample:\n  $ inception config schema > inception.schema.json");
}

async function show(config: string | undefined, { set, json }: Options): Promise<void> {
  const { toYaml } = await import("../../config/write.ts");
  const { experiment, path } = await openExperiment(config, set);
  if (json) printJson({ schema: "inception.config/1", path, experiment });
  else print(toYaml(experiment).trimEnd());
}

async function check(config: string | undefined, { set, json }: Options): Promise<void> {
  const { experiment, path, warnings } = await openExperiment(config, set);
  const { isThere } = await import("../../images/sources/source.ts");
  const { train, validation } = experiment.data;
  const missing: string[] = [];
  for (const source of new Set([train, validation]))
    if (typeof source === "string" && !(await isThere(source))) missing.push(source);
  if (json) printJson({ schema: "inception.config-check/1", path, ok: true, warnings, missing });
  else
    print(missing.length === 0 ? `${path}: ok` : `${path}: every key is right; not there yet: ${missing.join(", ")}`);
}

async function schema(): Promise<void> {
  const { experimentJsonSchema } = await import("../../config/expected.ts");
  print(JSON.stringify(experimentJsonSchema(), null, 2));
}

const help = `
An experiment is one YAML or JSON file, or photographs alone. A key left out
has what the recipe gives for the number of pictures, else its default; a key
that does not exist is refused. \`--set key=value\` goes through the same checks;
setting train.steps takes train.epochs away, and the reverse.

Examples:
  $ inception config show photos
  $ inception config check mine.yaml --set train.batch=16
  $ inception config schema`;
