#!/usr/bin/env node
import { existsSync, readFileSync } from "node:fs";

const built = new URL("../dist/cli/main.js", import.meta.url);
// Modules are loaded side by side, and Node calls one that it may not open a package that is not there.
const leastFiles = 256;
const limits = existsSync("/proc/self/limits") ? readFileSync("/proc/self/limits", "utf8") : "";
const [, files] = /^Max open files +(\d+)/m.exec(limits) ?? [];

if (Number(files) < leastFiles) {
  process.stderr.write(
    `error: a process may open ${files} files here, expected ${leastFiles} at least\nhint: \`ulimit -n 4096\` allows more\n`,
  );
  process.exitCode = 74;
} else if (existsSync(built)) {
  const { main } = await import(built.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write("error: inception has not been built yet\nhint: in its folder: npm ci && npm run setup\n");
  process.exitCode = 8;
}
