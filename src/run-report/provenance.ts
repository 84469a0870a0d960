// Where a run comes from: its settings beside its recipe's, versions, pictures, machine, and the commands that go on from it.
import { type Change, everyChange } from "../config/changes.ts";
import { parseExperiment } from "../config/load.ts";
import type { SetSize } from "../config/recipe.ts";
import type { Experiment } from "../config/schema.ts";
import { toYaml } from "../config/write.ts";
import { exitCodes, UserError } from "../errors.ts";
import { type Html, html, name } from "../report/html.ts";
import { table } from "../report/table.ts";
import { type Attempt, withoutHome } from "../run/info.ts";
import { shellWord } from "./next-step.ts";
import { type ReportedRun, secondsOf, sittingsOf } from "./run.ts";

export function provenanceSection(run: ReportedRun, set: SetSize | undefined, evaluations: readonly string[]): Html {
  const { info, experiment } = run;
  const sittings = sittingsOf(info);
  const last = sittings.at(-1)!;
  return html`<section id="provenance"><h2>Provenance</h2>
${settings(experiment, set)}
<dl>
<dt>command</dt><dd><code>${info.argv.length > 0 ? commandOf(info) : "not known"}</code></dd>
<dt>versions</dt><dd>${Object.entries(last.versions)
    .map(([key, version]) => `${key} ${version}`)
    .join(", ")}</dd>
<dt>arithmetic</dt><dd>${
    last.arithmetic
      ? Object.entries(last.arithmetic)
          .map(([key, value]) => `${key} ${value}`)
          .join("; ")
      : "not written down"
  }</dd>
<dt>machine</dt><dd>${last.cpu}, ${last.cores} cores</dd>
<dt>seed</dt><dd>${experiment.seed}</dd>
<dt>pictures</dt><dd><code>${info.dataFingerprint}</code></dd>
${info.weights && html`<dt>started from</dt><dd>${name(info.weights.path)}, step ${info.weights.step}, ${info.weights.kind} weights, <code>${info.weights.sha256}</code></dd>`}
<dt>duration</dt><dd>${durationOf(secondsOf(info))} in ${sittings.length === 1 ? "one sitting" : `${sittings.length} sittings`}</dd>
</dl>
${sittings.length > 1 && sittingTable(sittings)}
<h3>Commands</h3>
<pre>${commands(run.path, last.exit, evaluations).join("\n")}</pre>
<details><summary>config.yaml</summary><pre>${withoutHome(toYaml(experiment))}</pre></details></section>`;
}

const commandOf = ({ argv }: Attempt): string => ["inception", ...argv.map(shellWord)].join(" ");

/** "1 h 2 min". */
export function durationOf(seconds: number): string {
  const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
  if (hours > 0) return `${hours} h ${minutes} min`;
  return minutes > 0 ? `${minutes} min ${Math.floor(seconds % 60)} s` : `${seconds.toFixed(0)} s`;
}

const sittingTable = (sittings: readonly Attempt[]): Html =>
  table({
    caption: "Sittings",
    columns: [
      { head: "start" },
      { head: "end" },
      { head: "exit", number: true },
      { head: "from step", number: true },
      { head: "changes" },
    ],
    rows: sittings.map(({ start, end, exit, step, changes = [] }) => [
      start,
      end ?? "killed, or still at work",
      exit ?? "",
      step?.toLocaleString("en-US") ?? "",
      changes.join("; "),
    ]),
  });

function commands(path: string, exit: number | null, evaluations: readonly string[]): string[] {
  const run = shellWord(path);
  return [
    ...(exit === exitCodes.done ? [] : [`inception train --resume ${run}`]),
    `inception train ${shellWord(`${path}/config.yaml`)}    # the same training again`,
    `inception eval ${run}`,
    `inception predict <picture> --model ${run}`,
    `inception compare ${evaluations[0] === undefined ? run : shellWord(evaluations[0])} <another evaluation of the same pictures>`,
  ];
}

function settings(experiment: Experiment, set: SetSize | undefined): Html {
  const changes = changesFromRecipe(experiment, set);
  if (changes === undefined)
    return html`<p>What its recipe alone would give cannot be told any more; config.yaml below has all.</p>`;
  if (changes.length === 0)
    return html`<p>Every setting is what <code>recipe: ${experiment.recipe}</code> gives for these pictures.</p>`;
  return html`${table({
    caption: `Settings other than those that recipe: ${experiment.recipe} gives for these pictures`,
    columns: [{ head: "key" }, { head: "recipe" }, { head: "this run" }],
    rows: changes.map(({ key, before, after }) => [html`<code>${key}</code>`, inWords(before), inWords(after)]),
  })}`;
}

/** Chosen with the pictures: no setting of the recipe's. */
const own: ReadonlySet<string> = new Set([
  "name",
  "recipe",
  "data.train",
  "data.validation",
  "network.classes",
  "train.from",
]);

/** What a recipe goes by where a file says it: config/recipe.ts. */
const given: readonly (readonly string[])[] = [
  ["network", "name"],
  ["data", "size"],
  ["train", "epochs"],
  ["train", "steps"],
  ["train", "batch"],
  ["train", "optimizer", "name"],
];

/**
 * Settings that are not what the recipe gives for a set of this size and for what of them it goes by. Undefined where it cannot be asked, as where
 * the weights that it goes by are gone.
 */
export function changesFromRecipe(experiment: Experiment, set: SetSize | undefined): Change[] | undefined {
  if (set === undefined) return undefined;
  const { recipe, data, train } = experiment;
  const least = {
    recipe,
    data: { train: data.train, validation: data.validation },
    train: train.from === undefined ? {} : { from: train.from },
  };
  const usual = (subject: object): Experiment =>
    parseExperiment(JSON.stringify(subject), "config.yaml", [], set).experiment;
  try {
    const plain = usual(least);
    const named = given.filter((path) => at(plain, path) !== at(experiment, path));
    const told = usual(named.reduce<object>((subject, path) => withValue(subject, path, at(experiment, path)), least));
    return [
      ...named.map((path) => ({ key: path.join("."), before: at(plain, path), after: at(experiment, path) })),
      ...everyChange(told, experiment).filter(({ key }) => !own.has(key)),
    ];
  } catch (error) {
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

const at = (subject: object, path: readonly string[]): unknown =>
  path.reduce<unknown>((value, key) => (value as Record<string, unknown> | undefined)?.[key], subject);

function withValue(subject: object, [key, ...rest]: readonly string[], value: unknown): object {
  const below = (subject as Record<string, object>)[key!] ?? {};
  return { ...subject, [key!]: rest.length === 0 ? value : withValue(below, rest, value) };
}

const inWords = (value: unknown): string =>
  value === undefined ? "-" : typeof value === "string" ? withoutHome(value) : JSON.stringify(value);
