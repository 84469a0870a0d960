import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { wheelMembers } from "../../../src/runtime/setup/release.ts";
import { unpackWheel } from "../../../src/runtime/setup/unpack.ts";
import { needs } from "../../needs.ts";
import { makeWheel, temporaryFolder } from "./support.ts";

describe("a wheel", needs("pip"), () => {
  test("gives the members that are asked for, and RECORD", async () => {
    const folder = temporaryFolder();
    await unpackWheel(makeWheel(folder), folder, wheelMembers);
    expect(readFileSync(join(folder, wheelMembers[0]!), "utf8")).toBe(wheelMembers[0]);
    expect(readFileSync(join(folder, "RECORD"), "utf8")).toContain(`${wheelMembers[1]},sha256=`);
  });

  test("without a member is no wheel of TensorFlow", async () => {
    const folder = temporaryFolder();
    await expect(unpackWheel(makeWheel(folder), folder, ["tensorflow/gone"])).rejects.toMatchObject({
      exitCode: 8,
      message: expect.stringContaining("it has no tensorflow/gone"),
    });
  });
});

test("what is no archive is said in one sentence", async () => {
  const wheel = join(temporaryFolder(), "a.whl");
  writeFileSync(wheel, "no archive".repeat(10));
  await expect(unpackWheel(wheel, temporaryFolder(), [])).rejects.toMatchObject({
    exitCode: 8,
    message: expect.stringMatching(/a\.whl is no sound wheel: /),
  });
});
