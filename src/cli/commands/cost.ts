// inception cost
import type { Command } from "commander";
import type { LayerCost } from "../../interpret/cost.ts";
import type { ActivationMemory } from "../../interpret/memory.ts";
import type { PaperFigure } from "../../interpret/paper.ts";
import type { ReceptiveField } from "../../interpret/receptive-field.ts";
import type { ChosenNetwork } from "../network-argument.ts";
import { networkArgument } from "../network-words.ts";
import { acts, choice, flag, type OptionsOf, repeated, wholeNumber } from "../options.ts";
import { formatTable, print, printJson } from "../print.ts";

const most = 999_999;
const options = {
  size: wholeNumber("<pixels>", "side of the square input (default: the config's, else the paper's)", { most }),
  batch: wholeNumber("<images>", "batch for the activation memory (default: the config's, else 1)", {
    short: "b",
    most,
  }),
  by: choice("<rows>", "one row for each stage or layer", { choices: ["stage", "layer"], standard: "stage" }),
  set: repeated("<key=value>", "change a key, as in network.width=0.5"),
  json: flag("print the result as JSON"),
};
type Options = OptionsOf<typeof options>;

export function registerCost(program: Command): void {
  acts(program.command("cost"), options, run)
    .description("count a network's parameters, multiply-adds, memory and receptive field")
    .argument("[network|config]", `${networkArgument}; left out, the networks of the paper are compared`)
    .addHelpText("after", help);
}

async function run(argument: string | undefined, options: Options): Promise<void> {
  if (argument === undefined) return compare(options);
  const { readNetwork } = await import("../network-argument.ts");
  const chosen = await readNetwork(argument, options.set, options.size);
  const batch = options.batch ?? chosen.batch ?? 1;
  const step = await foresee(chosen, options.batch ?? (chosen.batch === undefined ? batch : undefined));
  const report = { ...(await count({ ...chosen, batch }, options.by)), step };
  if (options.json) printJson(report);
  else print(describe(report, options.by));
}

async function compare({ size, batch, set, json }: Options): Promise<void> {
  const { describePaperCosts, paperCosts } = await import("../paper-costs.ts");
  const { UserError } = await import("../../errors.ts");
  if (size !== undefined || batch !== undefined || set.length > 0)
    throw new UserError("usage", "cost without a network compares those of the paper, at their own sizes", {
      hint: "name the network that --size, --batch or --set is for",
    });
  const networks = await paperCosts();
  if (json) printJson({ schema: "inception.cost-comparison/1", networks });
  else print(describePaperCosts(networks));
}

/** What a training step needs, of the file's batch and micro-batch or of `batch` pictures at one time. */
async function foresee({ experiment, options, size }: ChosenNetwork, batch: number | undefined) {
  const { foreseeStep, toFit } = await import("../../train/memory.ts");
  const { choosePrecision } = await import("../../runtime/features.ts");
  const { freeMemory } = await import("../../runtime/free-memory.ts");
  const { microBatch: _, ...train } = experiment.train;
  const asked = {
    ...experiment,
    data: { ...experiment.data, size },
    train: batch === undefined ? experiment.train : { ...train, batch },
  };
  const free = freeMemory();
  const step = foreseeStep(asked, options.classes, free);
  if (step === undefined) return null;
  const remedy = step.fitting === step.pictures ? null : toFit(step);
  const precision = choosePrecision(experiment.train.precision);
  return { ...step, precision, free: Number.isFinite(free) ? free : null, remedy };
}

async function count(
  { options, size, batch }: Pick<ChosenNetwork, "options" | "size"> & { batch: number },
  by: Options["by"],
) {
  const { buildNetwork } = await import("../../network/catalog.ts");
  const { byLayer, byStage, cost, groupCosts } = await import("../../interpret/cost.ts");
  const { activationMemory } = await import("../../interpret/memory.ts");
  const { paperFigures } = await import("../../interpret/paper.ts");
  const { receptiveFields } = await import("../../interpret/receptive-field.ts");
  const { endpoints } = await import("../../interpret/shapes.ts");
  const input = { height: size, width: size, channels: 3 };
  const network = buildNetwork(options, size);
  const { layers, ...totals } = cost(network, input);
  const fields = [...receptiveFields(network)];
  const ends = endpoints(network, input);
  const fieldWithin = (path: string) =>
    fields.findLast(([inner]) => inner === path || inner.startsWith(`${path}/`))![1];
  return {
    schema: "inception.cost/1" as const,
    network: { ...options },
    size,
    ...totals,
    activationMemory: { batch, bytesPerValue: 4, ...activationMemory(network, input, { batch }) },
    receptiveField: fieldWithin("Logits"),
    layers: groupCosts(layers, by === "stage" ? byStage : byLayer).map((row) => ({
      ...row,
      output: ends.get(row.path) ?? row.output,
      receptiveField: fieldWithin(row.path),
    })),
    paper: paperFigures(options, size),
  };
}

type Step = Awaited<ReturnType<typeof foresee>>;
type Report = Awaited<ReturnType<typeof count>> & { readonly step: Step };
type Row = LayerCost & { readonly receptiveField: ReceptiveField };

const describe = (report: Report, by: Options["by"]): string =>
  [
    `${report.network.name}, ${report.size} x ${report.size} pixels, ${whole(report.network.classes)} classes`,
    "",
    formatTable([by, "output", "parameters", "multiply-adds", "receptive field"], report.layers.map(cells)),
    "",
    formatTable(["total", "parameters", "multiply-adds"], totalRows(report)),
    "",
    ...memoryLines(report.activationMemory),
    ...stepLines(report.step),
    `receptive field of one cell of the last grid: ${field(report.receptiveField)}, one cell every ${report.receptiveField.stride} pixels`,
    ...paperLines(report.paper),
  ].join("\n");

const totalRows = ({ parameters, multiplyAdds, training, layers }: Report): (string | number)[][] => [
  ["network", parameters, multiplyAdds],
  ...(layers.some(({ auxiliary }) => auxiliary)
    ? [["with auxiliary heads (training)", training.parameters, training.multiplyAdds]]
    : []),
];

const cells = ({ path, auxiliary, output, parameters, multiplyAdds, receptiveField }: Row): (string | number)[] => [
  auxiliary ? `${path} (training only)` : path,
  `${output.height} x ${output.width} x ${output.channels}`,
  parameters,
  multiplyAdds,
  field(receptiveField),
];

const memoryLines = ({ batch, training, inference }: ActivationMemory & { batch: number }): string[] => [
  `activations of ${batch === 1 ? "one image" : `${whole(batch)} images`} in float32 (half in bfloat16), without weights and scratch space:`,
  `  training, all that gradients read: ${mebibytes(training)}`,
  `  inference, most at one time: ${mebibytes(inference)}`,
];

function stepLines(step: Step): string[] {
  if (step === null) return [];
  const { pictures, precision, needed, free, remedy } = step;
  const of = pictures === 1 ? "one image" : whole(pictures);
  const line = `memory of a training step of ${of} in ${precision}, at least: ${gibibytes(needed)}`;
  return [`${line}${free === null ? "" : `; free here: ${gibibytes(free)}`}${remedy === null ? "" : `; ${remedy}`}`];
}

const paperLines = (figures: readonly PaperFigure[]): string[] =>
  figures.length === 0
    ? []
    : [
        "",
        "The paper's own figures (arXiv 1512.00567), printed there and not counted here:",
        ...figures.map(({ what, value, source }) => `  ${source}: ${what}: ${value}`),
      ];

const whole = (value: number): string => value.toLocaleString("en-US");
const field = ({ height, width }: ReceptiveField): string => `${height} x ${width}`;
const gibibytes = (bytes: number): string => `${(bytes / 2 ** 30).toFixed(1)} GiB`;
const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;

const help = `
Parameters are the values that training changes, multiply-adds those of
convolutions and dense layers for one image; both as torchvision counts them.
The first total is the network as used, the second adds the auxiliary heads.
bn-inception is what TF-Slim calls inception_v2; inception-v2 is another
network.

Examples:
  $ inception cost
  $ inception cost inception-v3
  $ inception cost inception-v3 --size 151 --set network.stemStride=1
  $ inception cost inception-v3 --set network.reduction=conv-pool
  $ inception cost configs/quickstart.yaml --by layer
  $ inception cost inception-v2 --batch 32 --json`;
