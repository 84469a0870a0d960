// Every shipped ablation is a plan: no row changes more than it declares, none is another's twin.
import { describe, expect, test } from "vitest";
import { openAblation } from "../../src/ablate/open.ts";
import { cellsOf } from "../../src/ablate/plan.ts";

describe.each(["table3", "resolution", "activation", "auxiliary", "reduction", "asymmetric", "block8"])(
  "%s",
  (name) => {
    test("opens, and again at a small size on other pictures", async () => {
      const { plan } = await openAblation(name, { sets: [] });
      expect(plan.name).toBe(name);
      expect(plan.rows.slice(1).every(({ changes }) => changes.length > 0)).toBe(true);
      const sets = ["data.train=photos", "data.validation={ holdOut: 0.1 }", "network.width=0.25", "train.epochs=5"];
      const small = await openAblation(name, { sets, seeds: [0, 1] });
      const ids = cellsOf(small.plan).map(({ id }) => id);
      expect(new Set(ids).size).toBe(2 * plan.rows.length);
    });
  },
);
