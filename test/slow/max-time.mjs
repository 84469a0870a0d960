// `--max-time` against the clock: time asked and taken, and that the run is the one with as many steps, to the last bit.
// npm run build && node test/slow/max-time.mjs <photographs> [--times 60s,120s] [-- --set key=value ...]
import { execFileSync } from "node:child_process";
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
  options: { times: { type: "string", default: "60s,120s" } },
  allowPositionals: true,
});
const folder = mkdtempSync(join(tmpdir(), "inception-max-time-"));
const train = (output, ...args) =>
  JSON.parse(
    execFileSync(
      process.execPath,
      ["bin/inception.js", "train", positionals[0], "-o", join(folder, output), "--json", ...more, ...args],
      { encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] },
    ),
  );
const digest = ({ run, step }) => {
  const checkpoint = join(run, "checkpoints", `step-${String(step).padStart(9, "0")}`);
  const hash = createHash("sha256");
  for (const name of ["weights", "average", "optimizer"])
    hash.update(readFileSync(join(checkpoint, `${name}.safetensors`)));
  return hash.digest("hex");
};

try {
  const rows = values.times.split(",").map((time) => {
    const limited = train(time, "--max-time", time);
    const again = train(`${time}-again`, "--set", `train.steps=${limited.step}`);
    return {
      time,
      steps: limited.step,
      finished: limited.finished,
      seconds: limited.seconds,
      same: digest(limited) === digest(again),
    };
  });
  for (const { time, steps, finished, seconds, same } of rows)
    console.log(
      `${time}: ${steps} steps in ${seconds.toFixed(1)} s, ${finished ? "finished" : "stopped"}, ${same ? "the same bits" : "OTHER BITS"} as train.steps=${steps}`,
    );
  process.exitCode = rows.every(({ finished, same }) => finished && same) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
