#!/usr/bin/env node
import { existsSync } from "node:fs";

const built = new URL("../dist/cli/main.js", import.meta.url);
if (existsSync(built)) {
  const { main } = await import(built.href);
  await main(process.argv.slice(2));
} else {
  process.stderr.write("error: inception has not been built yet\nhint: in its folder: npm ci && npm run setup\n");
  process.exitCode = 8;
}
