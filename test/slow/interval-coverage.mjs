// How often the two 95% intervals of an ablation's error hold the true error, over other trainings and other pictures.
// A minute on one core, run by hand after `npm run build`:
//   node test/slow/interval-coverage.mjs [--trials 1500] [--pictures 240]
// Each training errs on a picture with the picture's own chance, moved by the training's luck. A line for each world: shares of
// trials, and mean widths in points. In "hard pictures" a third of them is always wrong and a few are as often right as wrong.
import { parseArgs } from "node:util";
import { generator } from "../../dist/statistics/generator.js";
import { describe } from "../../dist/statistics/repeats.js";
import { overSeedsAndPictures } from "../../dist/statistics/two-level.js";

const { values } = parseArgs({
  options: { trials: { type: "string", default: "1500" }, pictures: { type: "string", default: "240" } },
});
const [trials, pictures] = [Number(values.trials), Number(values.pictures)];
const { uniform } = generator(5);
const around = (range) => range * (2 * uniform() - 1);
const even = (range) => ({ chance: () => 0.4 + around(range), truth: 0.4 });
const worlds = {
  "luck alone": { ...even(0), training: 0 },
  "pictures differ": { ...even(0.35), training: 0 },
  "hard pictures": {
    chance: () => (uniform() < 0.35 ? 1 : uniform() < 0.1 ? 0.5 : 0),
    truth: 0.35 + 0.65 * 0.1 * 0.5,
    training: 0,
  },
  "trainings differ": { ...even(0.1), training: 0.2 },
  "both differ": { ...even(0.3), training: 0.1 },
};

console.log(`${trials} trials, ${pictures} pictures`);
for (const [name, world] of Object.entries(worlds))
  for (const seeds of [2, 3, 5, 10]) {
    const [overSeeds, both] = simulate(world, seeds);
    console.log(`${name.padEnd(17)} ${seeds} seeds: over seeds ${overSeeds}, and pictures ${both}`);
  }

function simulate({ chance, truth, training }, seeds) {
  const found = [0, 1].map(() => ({ held: 0, width: 0 }));
  for (let trial = 0; trial < trials; trial++) {
    const own = Array.from({ length: pictures }, chance);
    const perSeed = Array.from({ length: seeds }, () => {
      const luck = around(training);
      return Float64Array.from(own, (share) => (uniform() < share + luck ? 1 : 0));
    });
    const errors = perSeed.map((wrong) => wrong.reduce((sum, one) => sum + one, 0) / pictures);
    for (const [i, { low, high }] of [
      describe(errors).interval,
      overSeedsAndPictures(perSeed, { seed: trial }),
    ].entries()) {
      if (low <= truth && high >= truth) found[i].held++;
      found[i].width += high - low;
    }
  }
  return found.map(
    ({ held, width }) => `${((100 * held) / trials).toFixed(1)}% (${((100 * width) / trials).toFixed(1)})`,
  );
}
