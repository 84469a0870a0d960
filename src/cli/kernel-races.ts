// What `inception bench kernels` found, in tables.
import { passes, type Side, sideOf, sides } from "../graph/kernels.ts";
import { tasksOf } from "../race/convolutions.ts";
import { type Found, type Race, totalSeconds, winner } from "../race/race.ts";
import { formatTable, wrap } from "./print.ts";

type About = {
  readonly network: string;
  readonly size: number;
  readonly batch: number;
  readonly precision: string;
  readonly threads: number;
};

export function describe(races: readonly Race[], { network, size, batch, precision, threads }: About): string {
  const rows = races.map((race) => {
    const { input, filter, window, parts, layers } = race.convolution;
    const first = winner(race);
    return [
      input.slice(1).join("x"),
      `${filter.slice(0, 2).join("x")}x${filter[3]}${window.stride > 1 ? `/${window.stride}` : ""}${parts.length > 1 ? `:${parts.length}` : ""}`,
      layers,
      race.pass,
      ...sides.map((side) => milliseconds(race.found[side], side === first)),
      ...sides.map((side) => error(race.found[side])),
    ];
  });
  const totals = ([...passes, "inference"] as const).map((pass) => [
    pass,
    ...[() => "tensorflow" as const, ruled, winner].map((by) => (1000 * totalSeconds(races, pass, by)).toFixed(1)),
  ]);
  return [
    `${network}, ${size} px, batch ${batch}, ${precision}, threads: ${threads}`,
    ...wrap(
      "Milliseconds of TensorFlow's kernel, of the project's plain sums and of its fast convolution, the first of them " +
        "with a star, and the largest error of each in a sample held against float64, relative to the largest result. " +
        ":4 so many convolutions of one map side by side, by TensorFlow's kernel one after the other. inference: forward, " +
        "with what is made of a filter made before.",
    ),
    "",
    formatTable(["map", "filter", "n", "pass", "TF's", "plain", "fast", "error", "plain", "fast"], rows),
    "",
    "All layers, in ms: TensorFlow's kernels, --kernels own, the first of each race:",
    formatTable(["pass", "TensorFlow's", "own", "the first"], totals),
  ].join("\n");
}

const ruled = ({ convolution, pass }: Race): Side => sideOf("own", tasksOf(convolution, [pass])[0]!);

const milliseconds = (found: Found | undefined, first: boolean): string =>
  found ? `${(1000 * found.seconds).toFixed(2)}${first ? "*" : " "}` : "";
const error = (found?: Found): string => (found ? found.error.toExponential(0) : "");
