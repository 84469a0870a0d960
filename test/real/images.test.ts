// Difficult files from the test suites of image libraries: each gives pixels or one sentence.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Readable } from "node:stream";
import { extract } from "tar-stream";
import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { decodePicture } from "../../src/images/decode.ts";
import { needs, photographs } from "../needs.ts";

const archive = join(photographs, "awkward-images.tar");

test("every awkward file gives pixels or one sentence", needs("awkward"), async () => {
  const [readable, refused]: [string[], string[]] = [[], []];
  for (const [name, bytes] of await files()) {
    try {
      const { pixels, width, height } = await decodePicture(bytes, name);
      expect(pixels.length).toBe(width * height * 3);
      readable.push(name);
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toMatch(/^[^\n]+: cannot be read \([^\n]+\)$/);
      refused.push((error as UserError).message);
    }
  }
  expect(readable.length + refused.length).toBeGreaterThan(60);
  expect(readable.some((name) => /16bit/.test(name))).toBe(true);
  expect(refused.filter((message) => /svg-named|html/.test(message)).length).toBeGreaterThan(0);
});

async function files(): Promise<Map<string, Uint8Array>> {
  const entries = new Map<string, Uint8Array>();
  const untar = Readable.from([readFileSync(archive)]).pipe(extract());
  for await (const entry of untar) {
    const chunks: Uint8Array[] = [];
    for await (const chunk of entry as AsyncIterable<Uint8Array>) chunks.push(chunk);
    if (entry.header.type === "file") entries.set(entry.header.name, Buffer.concat(chunks));
  }
  return entries;
}
