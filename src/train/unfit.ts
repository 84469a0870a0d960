// Weights that do not fit a network, as the user is told.
import { UserError } from "../errors.ts";

const mostNamed = 5;

/** One phrase for each thing wrong; the first few are named. */
export function unfit(problems: readonly string[]): UserError {
  const more = problems.length > mostNamed ? `; and ${problems.length - mostNamed} more` : "";
  return new UserError(
    "foreignWeights",
    `the weights do not fit the network: ${problems.slice(0, mostNamed).join("; ")}${more}`,
  );
}
