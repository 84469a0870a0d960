// Event files: records that check out, and messages that say what was written.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openEvents } from "../../src/run/event-file.ts";
import { type ReadEvent, readEvents } from "./events.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "inception-events-"));
});
afterEach(() => rmSync(folder, { recursive: true }));
const events = (): ReadEvent[] =>
  readdirSync(folder)
    .sort()
    .flatMap((name) => readEvents(readFileSync(join(folder, name))));

test("figures and pictures at their steps, the version first", () => {
  const file = openEvents(join(folder), 0, () => 1_700_000_000_500);
  file.scalars(7, { "a/loss": 0.5, "b c": Number.NaN });
  file.image(7, "sheet", Uint8Array.of(1, 2, 3), { width: 4, height: 5 });
  file.close();
  expect(readdirSync(folder)).toEqual([`events.out.tfevents.1700000000.inception.${process.pid}.0`]);
  const [version, scalars, image] = events();
  expect(version).toMatchObject({ wall_time: 1_700_000_000.5, file_version: "brain.Event:2" });
  expect(scalars).toMatchObject({
    step: 7,
    summary: { value: [{ tag: "a/loss", simple_value: 0.5 }, { tag: "b c" }] },
  });
  expect(scalars!.summary!.value[1]!.simple_value).toBeNaN();
  expect(image!.summary!.value[0]).toMatchObject({ tag: "sheet", image: { width: 4, height: 5, colorspace: 3 } });
  expect([...image!.summary!.value[0]!.image!.encoded_image_string]).toEqual([1, 2, 3]);
});

test("a sitting that goes on says from which step its figures count", () => {
  openEvents(folder, 12).close();
  expect(events()[1]).toMatchObject({ step: 13, session_log: { status: 1 } });
});

test("a folder that cannot be written in is an I/O error", () => {
  openEvents(folder, 0).close();
  const file = join(folder, readdirSync(folder)[0]!);
  expect(() => openEvents(join(file, "below"), 0)).toThrow(expect.objectContaining({ reason: "io" }));
});
