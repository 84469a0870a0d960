import { afterEach, describe, expect, test, vi } from "vitest";
import { needs } from "./needs.ts";
import { describeNotRun } from "./not-run.ts";

describe("what is missing", () => {
  afterEach(() => void vi.unstubAllEnvs());

  test("is nothing where everything is there", () => {
    vi.stubEnv("CI", "");
    expect(needs()).toEqual({});
  });

  test("skips with the reason, and fails with CI=true", () => {
    vi.stubEnv("PATH", "/nowhere");
    vi.stubEnv("CI", "");
    expect(needs("bash", "pip")).toEqual({ skip: true, meta: { needs: "bash and python3 with pip" } });
    vi.stubEnv("CI", "true");
    expect(() => needs("pip")).toThrow("CI=true, and missing for these tests: python3 with pip");
  });
});

test("the summary counts each reason, the most frequent first, and says nothing where there is none", () => {
  expect(describeNotRun(["a", undefined, "b", "b"])).toBe("not run here: 3 tests\n  2 need b\n  1 needs a\n");
  expect(describeNotRun([undefined])).toBeUndefined();
});
