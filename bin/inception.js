#!/usr/bin/env node
// CommonJS, since Node reads modules by its pool of threads, whose size is settled from then on: four, unless told otherwise before.
// Pictures are read and decoded on it, so that no more cores than these would decode.
const { existsSync } = require("node:fs");
const { availableParallelism } = require("node:os");
const { join } = require("node:path");

process.env.UV_THREADPOOL_SIZE ??= `${Math.max(4, availableParallelism())}`;

if (existsSync(join(__dirname, "../dist/cli/main.js"))) {
  import("../dist/cli/main.js").then(({ main }) => main(process.argv.slice(2)));
} else {
  process.stderr.write("error: inception has not been built yet\nhint: in its folder: npm ci && npm run setup\n");
  process.exitCode = 8;
}
