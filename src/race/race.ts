// All that can compute the passes of a convolution, one against the other.
import { UserError } from "../errors.ts";
import { nameOf, type Pass, type Side } from "../graph/kernels.ts";
import { openSession, type Session } from "../runtime/session.ts";
import { type Convolution, multiplyAdds, racedSides, tasksOf } from "./convolutions.ts";
import { errorOf, type Factors } from "./exact-convolution.ts";
import { median } from "./median.ts";
import { convolutionProgram } from "./program.ts";

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

/** Medians nearer to each other than this are no difference on a machine that has other work. */
const close = 0.1;

/**
 * The races of one convolution in these passes. Sides take turns, and the first turn does not count; where the first two are
 * close there are as many turns again.
 */
export function raceConvolution(convolution: Convolution, turns: number, passes?: readonly Pass[]): Race[] {
  const tasks = tasksOf(convolution, passes);
  const { bytes } = convolutionProgram(convolution, tasks);
  const session = openSession(bytes);
  try {
    session.run({}, ["begin"]);
    const [x, filter, dy] = session.run({}, ["x", "filter", "dy"]).map(({ data }) => data as Float32Array);
    const factors: Factors = { x: x!, filter: filter!, dy: dy! };
    return tasks.map((task) => {
      const sides = racedSides(task, convolution.parts);
      const seconds = inTurns(session, task.pass, sides, turns);
      const found = sides.map((side) => {
        const [results] = session.run({}, [`${task.pass}/${side}/all`]);
        const error = errorOf(convolution, task.pass, factors, results!.data as Float32Array);
        return [side, { seconds: median(seconds[side]!), error }] as const;
      });
      return {
        convolution,
        pass: task.pass,
        multiplyAdds: multiplyAdds(convolution),
        found: Object.fromEntries(found) as Race["found"],
      };
    });
  } finally {
    session.close();
  }
}

function inTurns(session: Session, pass: Pass, sides: readonly Side[], turns: number): Record<string, number[]> {
  const seconds: Record<string, number[]> = Object.fromEntries(sides.map((side) => [side, []]));
  const turn = (counts: boolean): void => {
    for (const side of sides) {
      const start = performance.now();
      session.run({}, [`${pass}/${side}/one`]);
      if (counts) seconds[side]!.push((performance.now() - start) / 1000);
    }
  };
  turn(false);
  for (let count = 0; count < turns; count++) turn(true);
  const [first, second] = Object.values(seconds)
    .map(median)
    .sort((a, b) => a - b);
  if (second !== undefined && second < first! * (1 + close)) for (let count = 0; count < turns; count++) turn(true);
  return seconds;
}

/** As little as this is less than what two races of the same differ by. */
const tie = 0.03;

/** Far more than any rounding: a kernel that is wrong on this processor, as some of oneDNN's are. NaN is above it too. */
const isRight = ({ error }: Found): boolean => error <= 0.1;

/** The fastest of those that are right, where any is; of those that tie with it the one with the smallest error. */
export function winner({ found }: Pick<Race, "found">): Side {
  const all = Object.entries(found) as [Side, Found][];
  const right = all.filter(([, side]) => isRight(side));
  const field = right.length > 0 ? right : all;
  const least = Math.min(...field.map(([, { seconds }]) => seconds));
  const tied = field.filter(([, { seconds }]) => seconds <= least * (1 + tie));
  return tied.sort(([, a], [, b]) => a.error - b.error)[0]![0];
}

/** By their names. Throws UserError("checkFailed") where no side is right. */
export const choicesOf = (races: readonly Race[]): Record<string, Side> =>
  Object.fromEntries(
    races.map((race) => {
      const task = tasksOf(race.convolution, [race.pass])[0]!;
      const side = winner(race);
      if (isRight(race.found[side]!)) return [nameOf(task), side];
      throw new UserError("checkFailed", `no kernel of this machine is right for ${nameOf(task)}`, {
        hint: "float32 has other kernels: --set train.precision=float32, or --precision float32",
      });
    }),
  );

/** Seconds of all layers in a pass, each alone and by the side that `by` names for it. */
export const totalSeconds = (races: readonly Race[], pass: Pass, by: (race: Race) => Side): number =>
  races
    .filter((race) => race.pass === pass && race.convolution.parts.length === 1)
    .reduce((sum, race) => sum + race.found[by(race)]!.seconds * race.convolution.layers, 0);
