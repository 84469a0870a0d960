// A plan and a folder of results written by hand, for tests without an engine.
import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { type CellPaths, cellPaths } from "../../src/ablate/cell.ts";
import { parseAblation } from "../../src/ablate/file.ts";
import { cellsOf, type Plan, planAblation } from "../../src/ablate/plan.ts";

const base = {
  path: "base.yaml",
  text: "network: { name: inception-v3, width: 0.25 }\ndata: { train: photos, size: 107 }\ntrain: { labelSmoothing: 0 }\n",
};

export const planOf = (text: string): Plan => planAblation(parseAblation(`name: small\n${text}`, "my.yaml"), base);

export const newFolder = (): string => mkdtempSync(join(tmpdir(), "inception-results-"));

export function pathsOf(folder: string, plan: Plan, row: string, seed: number): CellPaths {
  const cell = cellsOf(plan).find((found) => found.row === row && found.seed === seed)!;
  return cellPaths(folder, cell, plan.crops);
}

export function put(path: string, content: string | object): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
}

/** A finished cell with this rank for each picture. */
export function putResult(
  paths: Pick<CellPaths, "predictions" | "summary">,
  ranks: readonly number[],
  more: object = {},
): void {
  const wrong = ranks.filter((rank) => rank > 0).length / ranks.length;
  const lines = ranks.map((rank, i) =>
    JSON.stringify({ name: `picture-${i}.png`, label: "a", rank, tied: 1, loss: 1 + rank }),
  );
  put(paths.predictions, `${lines.join("\n")}\n`);
  put(paths.summary, {
    data: { fingerprint: "f00d", listed: ranks.length, evaluated: ranks.length, rejected: [] },
    protocol: { crops: 1, name: "single", average: "probabilities", precision: "float32", arithmetic: { threads: 1 } },
    top1: { error: wrong },
    classes: Array.from({ length: 10 }, (_, i) => ({
      ...{ name: `${i}`, n: 1, correct: 1, precision: null, recall: null, f1: null },
    })),
    ...more,
  });
}

/** `wrong` of ten pictures have the label in second place. */
export const ranksOf = (wrong: number): number[] => Array.from({ length: 10 }, (_, i) => (i < wrong ? 1 : 0));

/** run.json of attempts that ended with these exits; null for one that lasts or was killed. */
export function runRecord(...exits: (number | null)[]): object {
  const attempt = (exit: number | null) => ({
    argv: [],
    versions: {},
    cpu: "",
    cores: 2,
    dataFingerprint: "",
    start: "2020-01-01T00:00:00.000Z",
    end: exit === null ? null : "2020-01-01T00:00:01.000Z",
    exit,
  });
  const [first, ...resumes] = exits.map(attempt);
  return { ...first, resumes };
}
