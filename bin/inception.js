#!/usr/bin/env node
// CommonJS, since Node reads modules by its pool of threads, whose size is settled from then on: four, unless told otherwise before.
// Pictures are read and decoded on it, so that no more cores than these would decode.
const { existsSync, readFileSync } = require("node:fs");
const { availableParallelism } = require("node:os");
const { join } = require("node:path");

process.env.UV_THREADPOOL_SIZE ??= `${Math.max(4, availableParallelism())}`;

// Modules are loaded side by side, and Node calls one that it may not open a package that is not there.
const leastFiles = 256;
const limits = existsSync("/proc/self/limits") ? readFileSync("/proc/self/limits", "utf8") : "";
const [, files] = /^Max open files +(\d+)/m.exec(limits) ?? [];

if (Number(files) < leastFiles) {
  process.stderr.write(
    `error: a process may open ${files} files here, expected ${leastFiles} at least\nhint: \`ulimit -n 4096\` allows more\n`,
  );
  process.exitCode = 74;
} else if (existsSync(join(__dirname, "../dist/cli/main.js"))) {
  import("../dist/cli/main.js").then(({ main }) => main(process.argv.slice(2)));
} else {
  process.stderr.write("error: inception has not been built yet\nhint: in its folder: npm ci && npm run setup\n");
  process.exitCode = 8;
}
