// The slow proofs of the kernels, one line each: `npm run prove`. Ends with 1 at the first that fails.
import { compileProgram } from "./program.ts";

const sanitizers = {
  plain: { flags: [], shapes: 800, turns: 50 },
  "asan,ubsan": {
    flags: ["-O1", "-g1", "-fsanitize=address,undefined", "-fno-sanitize-recover=all"],
    shapes: 300,
    turns: 10,
  },
  tsan: { flags: ["-O1", "-g1", "-fsanitize=thread"], shapes: 30, turns: 30 },
} as const;

for (const [name, { flags, shapes, turns }] of Object.entries(sanitizers)) {
  const program = await compileProgram(flags);
  try {
    for (const line of await program.run(shapes, turns)) console.log(`native ${name}: ${line}`);
    if (flags.length > 0) console.log(`native ${name}: clean`);
  } finally {
    program.remove();
  }
}
