// Many models one after the other: a failure keeps none from its result, and an interrupted table goes on.
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { describeRows } from "../../src/cli/evaluations.ts";
import { UserError } from "../../src/errors.ts";
import { parseCsv } from "../../src/images/sources/csv.ts";
import type { Listing } from "../../src/images/sources/source.ts";
import { type EachRequest, evaluateEach } from "../../src/results/evaluate-each.ts";
import type { EvaluationRow } from "../../src/results/evaluation-rows.ts";
import { tinyModel, writePictures } from "../evaluate/tiny-model.ts";

let folder: string;
let listing: Listing;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "inception-each-"));
  const items = await writePictures(folder, 5);
  listing = { path: folder, classes: tinyModel.classes, items, fingerprint: "of these pictures", warnings: [] };
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const request: EachRequest = { crops: "single", average: "probabilities", precision: "float32", onBadImage: "fail" };
async function each(runs: readonly string[], stopAt?: string) {
  const stop = new AbortController();
  const failed: string[] = [];
  const crops = new Map<string, number>();
  const end = await evaluateEach(
    runs,
    { ...request, output: join(folder, "out"), csv: join(folder, "tables", "results.csv"), batch: 2 },
    {
      open: (path) => {
        if (path === "broken") throw new UserError("checkpoint", "broken is no checkpoint");
        return { ...tinyModel, path };
      },
      trainingOf: async () => undefined,
      onFailed: (run) => failed.push(run),
      validationOf: async () => listing,
      watch: ({ number }) => ({
        progress: ({ sitting }) => {
          crops.set(runs[number - 1]!, sitting);
          if (runs[number - 1] === stopAt) stop.abort();
        },
        ended: () => {},
      }),
      signal: stop.signal,
    },
  );
  return { ...end, failed, crops };
}
const table = () => parseCsv(readFileSync(join(folder, "tables", "results.csv"), "utf8"), "").map(({ cells }) => cells);

test("each has a row with figures, protocol and cost, and one that fails its reason", async () => {
  const { rows, failed } = await each(["a", "broken", "b"]);
  expect(failed).toEqual(["broken"]);
  expect(rows[1]).toEqual({ run: "broken", error: "broken is no checkpoint", exit: 6 });
  const { top1, n } = rows[0] as EvaluationRow;
  expect(n).toBe(5);
  expect(rows[2]).toMatchObject({ run: "b", model: "b", step: 7, parameters: 12, multiplyAdds: 9, size: 16, n, top1 });
  const [header, first, second, third] = table();
  expect(header!.slice(0, 3)).toEqual(["run", "model", "step"]);
  expect([first![header!.indexOf("top1")], first!.at(-1)]).toEqual([`${top1}`, ""]);
  expect([second![0], second![1], second!.at(-1)]).toEqual(["broken", "", "broken is no checkpoint"]);
  expect(third![header!.indexOf("folder")]).toBe(join(folder, "out", "model-3"));
  const text = describeRows(rows);
  expect(text).toMatch(/^b +5 +\d+\.\d\d% /m);
  expect(text).toMatch(/^failed: broken: broken is no checkpoint$/m);
  expect(text).not.toMatch(/different sets/);
  const other = { ...(rows[0] as EvaluationRow), fingerprint: "of others" };
  expect(describeRows([rows[0]!, other])).toMatch(/on 2 different sets of pictures/);
});

test("stopped at the second, the same call does what is left and then keeps no progress", async () => {
  const progress = (number: number): string => join(folder, "out", `model-${number}`, "progress.jsonl");
  const first = await each(["a", "b"], "b");
  expect([first.stoppedAt, first.rows.length]).toEqual([2, 1]);
  expect([progress(1), progress(2)].map((file) => existsSync(file))).toEqual([true, true]);
  const second = await each(["a", "b"]);
  expect(second.rows).toHaveLength(2);
  expect([...second.crops]).toEqual([["b", 3]]);
  expect([progress(1), progress(2)].map((file) => existsSync(file))).toEqual([false, false]);
});
