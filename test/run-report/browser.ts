// A real browser for tests of pages, where one is installed.
import { spawnSync } from "node:child_process";

/** Its command; undefined where there is none. */
export function findBrowser(): string | undefined {
  const named = process.env.INCEPTION_TEST_BROWSER;
  const candidates = named === undefined ? ["chromium", "chromium-browser", "google-chrome"] : [named];
  return candidates
    .map((name) => spawnSync("sh", ["-c", 'command -v "$0"', name], { encoding: "utf8" }).stdout.trim())
    .find((path) => path !== "");
}
