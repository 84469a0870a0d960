// A new folder for each test of a source, files in it, and what is said of a source that is refused.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, beforeEach, expect } from "vitest";
import { UserError } from "../../../src/errors.ts";
import { openSource } from "../../../src/images/sources/source.ts";

let base: string;
let count = 0;
/** The folder of the test that runs now. */
export let folder: string;

export function useScratch(): void {
  beforeAll(async () => {
    base = await mkdtemp(join(tmpdir(), "inception-sources-"));
  });
  beforeEach(async () => {
    folder = join(base, String(count++));
    await mkdir(folder);
  });
  afterAll(() => rm(base, { recursive: true }));
}

export async function write(files: Record<string, string>): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
}

export const names = ({ items }: { items: readonly { name: string }[] }): string[] => items.map(({ name }) => name);

export const refusal = async (path: string): Promise<string> => {
  const error = await openSource(path).then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UserError);
  expect((error as UserError).reason).toBe("data");
  return (error as UserError).message;
};
