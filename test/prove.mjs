// The slow proofs, one after another: `npm run prove`, or some of them, as in `npm run prove -- kernels tests`. Prints a line for each as it
// holds, and ends with 1 at the first that does not. All of them take some hours on two cores.
import { spawnSync } from "node:child_process";

const node = (...args) => ["node", ...args];
/** Tests whose counts are those of a proof here (test/proof.ts). */
const tests = [
  "test/checkpoint/crash.test.ts",
  "test/checkpoint/fault.test.ts",
  "test/checkpoint/corruption.test.ts",
  "test/config/fuzz.test.ts",
  "test/images/mutations.test.ts",
  "test/run/folder.test.ts",
  "test/train/exact-resume.test.ts",
  "test/train/not-finite.test.ts",
  "test/weights/readers/hostile-pickles.test.ts",
];
const proofs = {
  kernels: [
    node("node_modules/typescript/bin/tsc", "-p", "test/native"),
    node("test/native/.build/test/native/prove.js"),
  ],
  tests: [node("node_modules/vitest/vitest.mjs", "run", "--testTimeout=3600000", "--reporter=tap", ...tests)],
  kills: [node("test/slow/signals.mjs", "--kill")],
  signals: [node("test/slow/signals.mjs")],
  weights: [node("test/slow/mutate-weights.mjs")],
  slurm: [node("test/slow/slurm.mjs")],
  cluster: [node("test/slow/cluster.mjs")],
};

const asked = process.argv.slice(2);
for (const name of asked)
  if (!(name in proofs)) throw new Error(`expected ${Object.keys(proofs).join(", ")}, got ${name}`);
for (const [name, commands] of Object.entries(proofs)) {
  if (asked.length > 0 && !asked.includes(name)) continue;
  for (const [command, ...args] of commands) {
    const { status, stdout, stderr } = spawnSync(command, args, {
      encoding: "utf8",
      env: { ...process.env, INCEPTION_PROVE: "1" },
      maxBuffer: 2 ** 28,
    });
    const lines = stdout.split("\n").filter((line) => /^(R\d\d |native |[\w-]+: )/.test(line.trim()));
    if (lines.length > 0) console.log(lines.map((line) => line.trim()).join("\n"));
    if (status === 0) continue;
    console.error(`${name} does not hold: ${[command, ...args].join(" ")}\n${stdout}${stderr}`);
    process.exit(1);
  }
}
