// Fine-tuning as a user would: weights by BVLC and photographs of ten classes, all of them and 20 of each, judged on the tenth held out.
// A quarter of an hour on two cores, so it is run by hand after `npm run build`:
//   node test/slow/fine-tuning.mjs bvlc_googlenet.caffemodel imagenette-train.tar [--only few,all] [--set key=value]
// Prints one line of JSON for each: top-1 after the classifier's phase and at the end, minutes on the clock and of two cores' work;
// ends with 1 where one is below what is expected.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: "string", default: "few,all" },
    set: { type: "string", multiple: true, default: [] },
  },
});
const [weights, archive] = positionals.map((path) => resolve(path));
const program = resolve(import.meta.dirname, "../../bin/inception.js");
const folder = mkdtempSync(join(tmpdir(), "inception-fine-tuning-"));
process.on("exit", () => rmSync(folder, { recursive: true, force: true }));

/** Pictures of each class to train on, and what is expected: top-1 in percent and minutes of two cores' work. */
const rows = {
  few: { each: 20, head: 95, end: 95, minutes: 2 },
  all: { each: Number.POSITIVE_INFINITY, head: 98, end: 98.5, minutes: 15 },
};

const photos = join(folder, "photos");
mkdirSync(photos);
run("tar", "-xf", archive, "-C", photos, "--strip-components=1");
inception("import", weights, "-o", "googlenet");
const { train, held } = split();
writeFileSync(join(folder, "held.csv"), listed(held));
const results = values.only.split(",").map(measure);
process.exitCode = results.every(({ asExpected }) => asExpected) ? 0 : 1;

function measure(name) {
  const { each, ...expected } = rows[name];
  const taken = new Map();
  const chosen = train.filter(({ label }) => {
    taken.set(label, (taken.get(label) ?? 0) + 1);
    return taken.get(label) <= each;
  });
  writeFileSync(join(folder, `${name}.csv`), listed(chosen));
  const sets = [`data.validation=held.csv`, ...values.set].flatMap((set) => ["--set", set]);
  const { wall, work } = inception("train", `${name}.csv`, "--from", "googlenet", ...sets);
  const validations = readFileSync(join(folder, "runs", "train", `${name}-1`, "metrics.jsonl"), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))
    .filter(({ kind }) => kind === "validation")
    .map(({ top1, averageTop1 = top1 }) => Number((100 * averageTop1).toFixed(2)));
  const [head, end] = [validations[0], Math.max(...validations.slice(1))];
  const minutes = { clock: Number((wall / 60).toFixed(1)), ofTwoCores: Number((work / 120).toFixed(1)) };
  const asExpected = head >= expected.head && end >= expected.end && work / 120 <= expected.minutes;
  const result = { name, head, end, validations, minutes, asExpected };
  console.log(JSON.stringify(result));
  return result;
}

/** The tenth that the tool itself would hold out, and the rest of each class in the order of their hashes. */
function split() {
  const items = readdirSync(photos).flatMap((label) =>
    readdirSync(join(photos, label)).map((file) => {
      const hash = createHash("sha256").update(file).digest();
      return {
        path: `photos/${label}/${file}`,
        label,
        hash: hash.toString("hex"),
        held: hash.readUInt32BE() / 2 ** 32 < 0.1,
      };
    }),
  );
  items.sort((a, b) => (a.hash < b.hash ? -1 : 1));
  return { train: items.filter(({ held }) => !held), held: items.filter(({ held }) => held) };
}

function listed(items) {
  return `path,label\n${items.map(({ path, label }) => `${path},${label}\n`).join("")}`;
}

/** Seconds on the clock, and of all cores' work. */
function inception(...args) {
  const { stderr } = run("bash", "-c", 'TIMEFORMAT="%R %U %S"; time "$0" "$@"', process.execPath, program, ...args);
  const [wall, user, system] = stderr.trim().split("\n").at(-1).split(" ").map(Number);
  return { wall, work: user + system };
}

function run(command, ...args) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
  if (status !== 0) throw new Error(`${command} ${args.join(" ")} ended with ${status}: ${stdout}${stderr}`);
  return { stdout, stderr };
}
