// `--max-time` against the clock: time asked and taken, and that the run is the one with as many steps, to the last bit.
// npm run build && node test/slow/max-time.mjs <photographs> [--times 60s,120s] [--epochs 1000] [-- --set key=value ...]
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";

const cut = process.argv.indexOf("--");
const own = process.argv.slice(2, cut < 0 ? undefined : cut);
const more = cut < 0 ? [] : process.argv.slice(cut + 1);
const { values, positionals } = parseArgs({
  args: own,
  options: { times: { type: "string", default: "60s,120s" }, epochs: { type: "string", default: "1000" } },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), "inception-max-time-"));
const run = (...args) => {
  const { stdout } = spawnSync(process.execPath, ["bin/inception.js", "train", ...args, "--json"], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(stdout);
};
const train = (output, ...args) => run(positionals[0], "-o", join(folder, output), ...more, ...args);
const digest = ({ run, step }) => {
  const checkpoint = join(run, "checkpoints", `step-${String(step).padStart(9, "0")}`);
  const hash = createHash("sha256");
  for (const name of ["weights", "average", "optimizer"])
    hash.update(readFileSync(join(checkpoint, `${name}.safetensors`)));
  return hash.digest("hex");
};

try {
  const rows = values.times.split(",").map((time) => {
    const limited = train(time, "--max-time", time, "--set", `train.epochs=${values.epochs}`);
    // One that its time stopped has all its steps when it is resumed.
    const whole = limited.finished ? limited : run("--resume", limited.run);
    const again = train(`${time}-again`, "--set", `train.steps=${whole.step}`);
    const { finished, seconds } = limited;
    return { time, steps: whole.step, finished, seconds, same: digest(whole) === digest(again) };
  });
  for (const { time, steps, finished, seconds, same } of rows)
    console.log(
      `${time}: ${steps} steps in ${seconds.toFixed(1)} s, ${finished ? "finished" : "stopped"}, ${same ? "the same bits" : "OTHER BITS"} as train.steps=${steps}`,
    );
  process.exitCode = rows.every(({ same }) => same) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
