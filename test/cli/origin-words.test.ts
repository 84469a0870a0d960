// What a run starts from, in words: where the weights lie, how many were taken, and which layers start anew.
import { expect, test } from "vitest";
import { sayOrigin } from "../../src/cli/origin-words.ts";

const source = { path: "runs/a/checkpoints/step-000000300", step: 300, kind: "average", sha256: "0" } as const;
const account = { loaded: ["a/kernel", "a/bias"], replaced: [], missing: [], leftOver: [] };
const say = (changes: object = {}): string =>
  sayOrigin({ from: "weights", weights: new Map(), source, account: { ...account, ...changes } });

test("all of them", () => {
  expect(say()).toBe("from        runs/a/checkpoints/step-000000300 (step 300, average weights)\nweights     2 loaded");
});

test("what starts anew or is left over, by layer and few of them", () => {
  const replaced = ["dense/kernel", "dense/bias"];
  const leftOver = ["p", "q", "r", "s", "t"].map((name) => `aux/${name}/kernel`);
  expect(say({ replaced, leftOver }).split("\n")[1]).toBe(
    "weights     2 loaded; 2 start anew for other classes or another grid (dense); 5 left over (aux/p, aux/q, aux/r and 2 more)",
  );
  expect(say({ missing: replaced })).toMatch(/2 loaded; 2 start anew as there are none \(dense\)$/);
});
