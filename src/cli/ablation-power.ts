// What difference a plan can show, for the terminal.

import type { PlanPower } from "../ablate/power.ts";
import { counted } from "../counted.ts";
import { formatTable, wrap } from "./print.ts";

/** `planned`: the plan's own number of seeds. */
export function describePower(power: PlanPower, planned: number): string {
  const { pictures, comparisons, disagreement, disagreementFrom, sdFrom, prospects } = power;
  const sds = [...new Set(prospects.map(({ sd }) => sd))];
  const rows = [...new Set(prospects.map(({ seeds }) => seeds))].map((seeds) => {
    const own = prospects.filter((one) => one.seeds === seeds);
    return [
      `${seeds}${seeds === planned ? " (this plan)" : ""}`,
      ...own.map(({ smallestDifference }) => points(smallestDifference)),
      own[0]!.leastP === null ? "-" : own[0]!.leastP.toPrecision(2),
    ];
  });
  return [
    ...wrap(
      `What it can show: the smallest difference of two rows' errors, in points, that gets its verdict in ${100 * power.power}% of cases, ` +
        `on ${pictures} pictures, after Holm's correction over ${counted(comparisons, "comparison")}:`,
    ),
    formatTable(["seeds", ...sds.map((sd) => `sd ${points(sd)}`), "least exact p"], rows),
    ...wrap(
      `sd: of a training's error over seeds, in points (${sdFrom}); ${points(disagreement)}% of the pictures are right in just one of two ` +
        `trainings (${disagreementFrom}).` +
        (prospects.some(({ seeds }) => seeds === 1)
          ? " With one seed the difference is of two trainings, whatever training again would change."
          : ""),
    ),
  ].join("\n");
}

const points = (share: number | null): string => (share === null ? "none" : (100 * share).toFixed(2));
