// What the tests of the readers share: fixtures, files to be read, and expected refusals.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, expect } from "vitest";
import { UserError } from "../../../src/errors.ts";
import type { ForeignFile } from "../../../src/weights/foreign.ts";

export const fixture = (name: string): string => join(import.meta.dirname, "../../fixtures/weights", name);

/** The bytes of a fixture that is kept compressed. */
export const unpacked = (name: string): Buffer => gunzipSync(readFileSync(fixture(`${name}.gz`)));

/** A folder for the files of one test file, removed after it. */
export function scratch(): (name: string, bytes: Uint8Array | string) => string {
  const folder = mkdtempSync(join(tmpdir(), "inception-readers-"));
  afterAll(() => rmSync(folder, { recursive: true }));
  return (name, bytes) => {
    writeFileSync(join(folder, name), bytes);
    return join(folder, name);
  };
}

/** The refusal that reading ends with: exit 7, in one line that begins with the file. */
export async function refusalOf(file: string, reading: Promise<unknown>): Promise<string> {
  const error = await reading.then(
    (value) => value,
    (error: unknown) => error,
  );
  expect(error).toBeInstanceOf(UserError);
  const { message, exitCode } = error as UserError;
  expect([exitCode, message]).toEqual([7, expect.stringMatching(/^[^\n]{1,600}$/)]);
  expect(message.startsWith(file), message).toBe(true);
  return message.slice(file.length);
}

/** Shapes and numbers by name, to compare with. */
export const contents = ({ tensors }: ForeignFile): Record<string, [shape: readonly number[], numbers: number[]]> =>
  Object.fromEntries([...tensors].map(([name, { shape, data }]) => [name, [shape, [...data]]]));

/** float32 numbers as the doubles that they are. */
export const singles = (...numbers: number[]): number[] => numbers.map(Math.fround);
