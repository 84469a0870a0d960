// What a benchmark run says: medians, ratios, and which goals are met.
import { formatTable } from "../../src/cli/print.ts";
import type { Race, Role } from "./races.ts";
import type { Turn } from "./turns.ts";

export interface Measurement {
  readonly role: Role;
  readonly name: string;
  readonly turns: readonly Turn[];
  /** Why it dropped out. */
  readonly failure: string | null;
}

export type RaceResult = Pick<Race, "title" | "kind" | "precision" | "device"> & {
  readonly measurements: readonly Measurement[];
};

export interface Goal {
  readonly race: string;
  readonly text: string;
  readonly wanted: number;
  /** null where one of the two was not measured. */
  readonly reached: number | null;
  readonly met: boolean | null;
}

/** The middle value, or the mean of the two in the middle; null of none. */
export function median(values: readonly number[]): number | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

type Rule = { readonly text: string; readonly wanted: number; readonly of: (result: RaceResult) => number | null };

/** On a GPU, whatever the precision. */
const rulesOfGpu: { [K in RaceResult["kind"]]: readonly Rule[] } = {
  train: [{ text: "against PyTorch eager", wanted: 1, of: (r) => ratio(r, "ours", "pytorch") }],
  eval: [{ text: "against PyTorch eager", wanted: 1.2, of: (r) => ratio(r, "ours", "pytorch") }],
  small: [],
  "end-to-end": [],
};

const rules: { [K in RaceResult["kind"]]: (precision: RaceResult["precision"]) => readonly Rule[] } = {
  train: (precision) => [
    {
      text: "against PyTorch eager of the same precision",
      wanted: { float32: 2, bfloat16: 1.6 }[precision],
      of: (r) => ratio(r, "ours", "pytorch"),
    },
    ...(precision === "float32"
      ? [{ text: "against Keras of the same precision", wanted: 1.4, of: (r: RaceResult) => ratio(r, "ours", "keras") }]
      : []),
    { text: "share of the conv-rate limit", wanted: 0.5, of: limitShare },
  ],
  eval: (precision) => [
    {
      text: "against onnxruntime-node float32",
      wanted: { float32: 1.8, bfloat16: 2.5 }[precision],
      of: (r) => ratio(r, "ours", "onnxruntime"),
    },
    { text: "share of the conv-rate limit", wanted: 0.7, of: limitShare },
  ],
  small: () => [
    { text: "against PyTorch eager of the same precision", wanted: 1.5, of: (r) => ratio(r, "ours", "pytorch") },
  ],
  "end-to-end": () => [
    { text: "photographs against synthetic pictures", wanted: 0.95, of: (r) => ratio(r, "ours-real", "ours") },
  ],
};

/** Every goal of the races run, reached or not. */
export const goalsOf = (results: readonly RaceResult[]): Goal[] =>
  results.flatMap((result) =>
    (result.device === "cuda" ? rulesOfGpu[result.kind] : rules[result.kind](result.precision)).map(
      ({ text, wanted, of }) => {
        const reached = of(result);
        return { race: result.title, text, wanted, reached, met: reached === null ? null : reached >= wanted };
      },
    ),
  );

/** A table for each race and one of the goals. */
export const formatReport = (results: readonly RaceResult[]): string =>
  [...results.map(formatRace), formatGoals(goalsOf(results))].join("\n\n");

/** The median speed of a contestant, null where it has none; a contestant that dropped out has none. */
export function speedOf(result: RaceResult, role: Role): number | null {
  const measurement = result.measurements.find((candidate) => candidate.role === role);
  if (!measurement || measurement.failure !== null) return null;
  return median(measurement.turns.map((turn) => turn.imagesPerSecond));
}

function ratio(result: RaceResult, role: Role, other: Role): number | null {
  const [speed, otherSpeed] = [speedOf(result, role), speedOf(result, other)];
  return speed === null || otherSpeed === null ? null : speed / otherSpeed;
}

/** Against the faster of two convolutions: the engine's, measured by the project itself, and PyTorch's. */
function limitShare(result: RaceResult): number | null {
  if (speedOf(result, "ours") === null) return null;
  const own = result.measurements.find(({ role }) => role === "ours")!.turns.flatMap((turn) => turn.limitShare ?? []);
  const shares = [median(own), ratio(result, "ours", "limit")].filter((share) => share !== null);
  return shares.length === 0 ? null : Math.min(...shares);
}

function formatRace(result: RaceResult): string {
  const ours = speedOf(result, "ours");
  const rows = result.measurements.map(({ role, name, turns, failure }) => {
    if (failure !== null) return [name, "", "", "", ""];
    const speeds = turns.map((turn) => turn.imagesPerSecond);
    const middle = speedOf(result, role);
    const against = ours === null || middle === null ? "" : (ours / middle).toFixed(2);
    return [name, ...[middle, Math.min(...speeds), Math.max(...speeds)].map(fixed), against];
  });
  const header = ["", "images/s (median)", "lowest", "highest", "inception against it"];
  const failures = result.measurements.flatMap(({ name, failure }) => (failure === null ? [] : `${name}: ${failure}`));
  return [result.title, formatTable(header, rows), ...failures].join("\n");
}

function formatGoals(goals: readonly Goal[]): string {
  const word = (met: boolean | null) => (met === null ? "not measured" : met ? "met" : "not met");
  const rows = goals.map(({ race, text, wanted, reached, met }) => [
    race,
    text,
    wanted.toFixed(2),
    fixed(reached),
    word(met),
  ]);
  return `Goals\n${formatTable(["", "", "at least", "reached", ""], rows)}`;
}

const fixed = (value: number | null): string => (value === null ? "" : value.toFixed(2));
