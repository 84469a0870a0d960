// Models with a background class: labels move up for the model and down again for the figures.
import { expect, test } from "vitest";
import { dropBackground, foreground, matchForeground } from "../../src/evaluate/background.ts";
import type { Listing } from "../../src/images/sources/source.ts";
import { softmax } from "../../src/statistics/softmax.ts";
import { logitsOf } from "../statistics/scores.ts";
import { savedOf } from "./saved-result.ts";

const listing: Listing = {
  path: "photos",
  classes: ["cat", "dog"],
  items: ["cat", "dog"].map((name, label) => ({ name: `${name}/1.jpg`, label, source: { file: name } })),
  fingerprint: "f00d",
  warnings: [],
};

test("a picture's label counts the background in front of it", () => {
  const { classes, items } = matchForeground(listing, ["background", "cat", "dog"]);
  expect(classes).toEqual(["background", "cat", "dog"]);
  expect(items.map(({ label }) => label)).toEqual([1, 2]);
  expect(() => matchForeground(listing, ["background", "cat"])).toThrow('"dog"');
});

test("a result without background keeps pictures and labels, and what the first crops gave", () => {
  const saved = savedOf(
    [
      [0.5, 0.1, 0.4],
      [0.2, 0.4, 0.4],
    ],
    [2, 1],
  );
  const gains = {
    crops: [1, 10],
    logits: logitsOf([0.5, 0.25, 0.25, 0, 0.5, 0.5, 0.9, 0.1, 0, 0.2, 0.4, 0.4]),
  };
  const dropped = dropBackground({ ...saved, gains });
  expect(dropped.classes).toEqual(["class 1", "class 2"]);
  expect([...dropped.labels]).toEqual([1, 0]);
  expect(dropped.logits).toEqual(logitsOf([0.1, 0.4, 0.4, 0.4]));
  expect(dropped.gains!.logits).toEqual(logitsOf([0.25, 0.25, 0.5, 0.5, 0.1, 0, 0.4, 0.4]));
  expect(dropped.protocol.background).toBe(true);
  expect(dropped.names).toEqual(saved.names);
  expect(dropBackground(saved).gains).toBeUndefined();
});

test("one picture's background has no probability, the others all of it", () => {
  const row = softmax(foreground(logitsOf([0.5, 0.1, 0.4])));
  for (const [i, value] of [0, 0.2, 0.8].entries()) expect(row[i]).toBeCloseTo(value, 6);
});
