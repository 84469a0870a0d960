// Which kernels a program computes with: by a word, by a table, or by races, each of which is run once on a machine.
import { setImmediate as yielded } from "node:timers/promises";
import { type Kernels, sideIn } from "../graph/kernels.ts";
import { vectorsOfKernels } from "../runtime/features.ts";
import { kernels, kernelsWish } from "../runtime/kernels.ts";
import { races } from "./listener.ts";
import { choicesOf, raceConvolution } from "./race.ts";
import { addChoices, type Choices, machineChoices, readTable } from "./table.ts";
import { type Contest, contestsOf, type Program } from "./tasks.ts";

const turns = 5;

/** Throws UserError("usage") as `kernels` and `readTable` do. */
export async function kernelsFor(program: Program): Promise<Kernels> {
  const wish = kernelsWish();
  if (wish.by === "file") return chosenFrom(readTable(wish.path), contestsOf(program));
  if (wish.by === "word" || !vectorsOfKernels()) return kernels(program.precision);
  const contests = contestsOf(program);
  return chosenFrom(await racedChoices(contests), contests);
}

/** By the names that the program has for them. */
const chosenFrom = (choices: Choices, contests: readonly Contest[]): Choices =>
  Object.fromEntries(
    contests.flatMap(({ name, racedAs }) => {
      const side = sideIn(choices, name) ?? sideIn(choices, racedAs);
      return side ? [[name, side]] : [];
    }),
  );

async function racedChoices(contests: readonly Contest[]): Promise<Choices> {
  const known = machineChoices();
  const missing = contests.filter(({ name, racedAs }) => !(name in known || racedAs in known));
  if (missing.length === 0) return known;
  const found: Choices = {};
  for (const [done, { racedAs, raced, pass }] of missing.entries()) {
    races.listener(done, missing.length);
    await yielded();
    if (!(racedAs in found)) Object.assign(found, choicesOf(raceConvolution(raced, turns, [pass])));
  }
  races.listener(missing.length, missing.length);
  return addChoices(found);
}
