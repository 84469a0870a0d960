// TensorFlow's kernels against the project's own, over the convolutions of a network, each shape on its own.
import { openSession, type Session } from "../runtime/session.ts";
import {
  type Convolution,
  convolutionProgram,
  multiplyAdds,
  type Pass,
  passes,
  type Side,
  sides,
} from "./convolutions.ts";
import { errorOf, type Factors } from "./exact-convolution.ts";
import { median } from "./median.ts";

export interface Found {
  /** Median seconds. */
  readonly seconds: number;
  /** Largest, relative to the largest result, of a sample held against float64. */
  readonly error: number;
}
export interface Race {
  readonly convolution: Convolution;
  readonly pass: Pass;
  readonly multiplyAdds: number;
  readonly found: Readonly<Partial<Record<Side, Found>>>;
}

/** The races of one convolution; sides take turns, and the first turn does not count. */
export function raceConvolution(convolution: Convolution, turns: number): Race[] {
  const { bytes, runs } = convolutionProgram(convolution);
  const session = openSession(bytes);
  try {
    session.run({}, ["begin"]);
    const [x, filter, dy] = session.run({}, ["x", "filter", "dy"]).map(({ data }) => data as Float32Array);
    const factors: Factors = { x: x!, filter: filter!, dy: dy! };
    const seconds = inTurns(session, runs, turns);
    return passes.map((pass) => {
      const found: Partial<Record<Side, Found>> = {};
      for (const side of sides) {
        const run = `${pass}/${side}`;
        if (!runs.includes(run)) continue;
        const [results] = session.run({}, [`${run}/all`]);
        const error = errorOf(convolution, pass, factors, results!.data as Float32Array);
        found[side] = { seconds: median(seconds[run]!), error };
      }
      return { convolution, pass, multiplyAdds: multiplyAdds(convolution), found };
    });
  } finally {
    session.close();
  }
}

function inTurns(session: Session, runs: readonly string[], turns: number): Record<string, number[]> {
  const seconds: Record<string, number[]> = Object.fromEntries(runs.map((run) => [run, []]));
  for (let turn = 0; turn <= turns; turn++)
    for (const run of runs) {
      const start = performance.now();
      session.run({}, [`${run}/one`]);
      if (turn > 0) seconds[run]!.push((performance.now() - start) / 1000);
    }
  return seconds;
}

/** Seconds of all layers in a pass; a convolution that a side has not is computed by the other. */
export function totalSeconds(races: readonly Race[], pass: Pass, side: Side | "faster"): number {
  const seconds = ({ found }: Race): number => {
    const all = sides.flatMap((one) => found[one]?.seconds ?? []);
    return side === "faster" ? Math.min(...all) : (found[side]?.seconds ?? all[0]!);
  };
  return races
    .filter((race) => race.pass === pass)
    .reduce((sum, race) => sum + seconds(race) * race.convolution.layers, 0);
}
