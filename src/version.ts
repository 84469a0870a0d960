// The version of the package.
import { createRequire } from "node:module";

/** From its own file: the same from src/ and dist/. */
export function packageVersion(): string {
  const { version } = createRequire(import.meta.url)("../package.json") as { version: string };
  return version;
}
