import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { basename } from "node:path";
import { expect, test } from "vitest";
import { directDownload } from "../../../src/runtime/setup/address.ts";
import type { Release } from "../../../src/runtime/setup/published.ts";
import { releasesForThisMachine } from "../../../src/runtime/setup/release.ts";
import { good, serve } from "../../download/server.ts";
import { temporaryFolder } from "./support.ts";

const bytes = Buffer.from("a wheel".repeat(1000));
const sha256 = createHash("sha256").update(bytes).digest("hex");

async function released(pinned: string): Promise<Release> {
  const { url } = await serve(good({ bytes }));
  return { package: "tensorflow", version: "1", tag: "any", url, sha256: pinned, bytes: bytes.length, members: [] };
}

test("the wheel at the address is taken if it has the pinned hash", async () => {
  const release = await released(sha256);
  const told: number[] = [];
  const wheel = await directDownload(release, temporaryFolder(), (count) => told.push(count));
  expect(basename(wheel)).toBe("file.bin");
  expect(readFileSync(wheel).equals(bytes)).toBe(true);
  expect(told.at(-1)).toBe(bytes.length);
});

test("another file at the address is refused by its hash, exit 8", async () => {
  const release = await released(sha256.replace(/^./, (digit) => (digit === "0" ? "1" : "0")));
  await expect(directDownload(release, temporaryFolder(), () => {})).rejects.toMatchObject({
    exitCode: 8,
    message: `${release.url} is not the pinned wheel: expected sha256 ${release.sha256}, got ${sha256}.`,
  });
});

test("the pinned address is PyPI's, of the pinned version", () => {
  expect(releasesForThisMachine()[0]?.url ?? "").toMatch(
    /^https:\/\/files\.pythonhosted\.org\/packages(\/[0-9a-f]+){3}\/tensorflow(_cpu)?-2\.21\.0-cp312-cp312-\w+\.whl$/,
  );
});
