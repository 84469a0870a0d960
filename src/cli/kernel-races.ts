// What `inception bench kernels` found, in tables.
import { passes } from "../bench/convolutions.ts";
import { type Found, type Race, totalSeconds } from "../bench/kernel-race.ts";
import { formatTable, wrap } from "./print.ts";

type About = {
  readonly network: string;
  readonly size: number;
  readonly batch: number;
  readonly precision: string;
  readonly threads: number;
};

export function describe(races: readonly Race[], { network, size, batch, precision, threads }: About): string {
  const rows = races.map(({ convolution: { input, filter, window, layers }, pass, found }) => [
    input.slice(1).join("x"),
    `${filter.slice(0, 2).join("x")}x${filter[3]}${window.stride > 1 ? `/${window.stride}` : ""}`,
    layers,
    pass,
    milliseconds(found.tensorflow),
    milliseconds(found.own),
    found.tensorflow && found.own ? (found.tensorflow.seconds / found.own.seconds).toFixed(2) : "",
    error(found.tensorflow),
    error(found.own),
  ]);
  const totals = passes.map((pass) => [
    pass,
    ...(["tensorflow", "own", "faster"] as const).map((side) => (1000 * totalSeconds(races, pass, side)).toFixed(1)),
  ]);
  return [
    `${network}, ${size} px, batch ${batch}, ${precision}, threads: ${threads}`,
    ...wrap(
      "Milliseconds of TensorFlow's kernels and of the project's own, how many times as fast these are, and the " +
        "largest error of each in a sample held against float64, relative to the largest result.",
    ),
    "",
    formatTable(["map", "filter", "n", "pass", "TF's", "own", "times", "its error", "own"], rows),
    "",
    "All layers, in ms; what the project has no kernel for, TensorFlow computes:",
    formatTable(["pass", "TensorFlow's", "own", "the faster of both"], totals),
  ].join("\n");
}

const milliseconds = (found?: Found): string => (found ? (1000 * found.seconds).toFixed(2) : "");
const error = (found?: Found): string => (found ? found.error.toExponential(0) : "");
