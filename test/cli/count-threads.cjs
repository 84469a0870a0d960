// Preloaded: a machine with so many cores, and how many threads the process has as it ends.
const { readdirSync } = require("node:fs");
const os = require("node:os");

os.availableParallelism = () => Number(process.env.CORES);
process.on("exit", () => process.stdout.write(`threads ${readdirSync("/proc/self/task").length}\n`));
