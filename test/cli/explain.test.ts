import { CommanderError, InvalidArgumentError } from "commander";
import { describe, expect, test } from "vitest";
import { errorDocument, explain } from "../../src/cli/explain.ts";
import { UserError } from "../../src/errors.ts";
import { packageVersion } from "../../src/version.ts";

const quiet = { verbose: false };
const system = (code: string) =>
  Object.assign(new Error(`${code}: no luck, write`), { code, syscall: "write", path: "runs/a" });

describe("what is said about an error", () => {
  test("the user's is a sentence and a hint, without a stack", () => {
    const error = new UserError("data", "photos: no pictures", { hint: "one folder for each class" });
    expect(explain(error, quiet)).toEqual({
      text: "error: photos: no pictures\nhint: one folder for each class",
      exitCode: 3,
    });
    expect(explain(error, { verbose: true }).text).toMatch(/\n\s+at /);
  });

  test("with --json it is a document as well", () => {
    const error = new UserError("data", "photos: no pictures", { hint: "one folder for each class" });
    const common = { schema: "inception.error/1", exitCode: 3, message: "photos: no pictures" };
    expect(errorDocument(explain(error, quiet))).toEqual({ ...common, hint: "one folder for each class" });
    expect(errorDocument(explain(new UserError("data", "a"), quiet))).toMatchObject({ message: "a", hint: null });
    expect(errorDocument(explain(new TypeError("x is undefined"), quiet))).toMatchObject({
      message: expect.stringMatching(/^this is a bug .*\nTypeError: x is undefined\n\s+at /),
      exitCode: 1,
    });
  });

  test("ours has a stack and the versions, and ends with 1", () => {
    const { text, exitCode } = explain(new TypeError("x is undefined"), quiet);
    expect(exitCode).toBe(1);
    expect(text).toContain(`inception ${packageVersion()} (Node ${process.versions.node}`);
    expect(text).toMatch(/TypeError: x is undefined\n\s+at /);
  });

  test.each([null, undefined, "text", 3])("a thrown %s is a bug too", (thrown) => {
    expect(explain(thrown, quiet)).toMatchObject({ exitCode: 1, text: expect.stringContaining(String(thrown)) });
  });

  test.each([
    ["ENOSPC", 73],
    ["EDQUOT", 73],
    ["EIO", 74],
    ["EROFS", 74],
    ["EACCES", 74],
    ["EMFILE", 74],
    ["ENFILE", 74],
    ["ENOMEM", 74],
    ["EBADF", 1],
  ])("%s ends with %i", (code, exitCode) => {
    const explanation = explain(system(code), quiet);
    expect(explanation.exitCode).toBe(exitCode);
    expect(explanation.text.includes("this is a bug")).toBe(exitCode === 1);
  });

  test.each([
    "Array buffer allocation failed",
    "WebAssembly.Instance(): Out of memory: Cannot allocate Wasm memory for new instance",
  ])("%s: memory is what is missing, 74", (message) => {
    const { text, exitCode } = explain(new RangeError(message), quiet);
    expect(exitCode).toBe(74);
    expect(text).toMatch(
      /^error: out of memory; this process holds [\d.]+ of the machine's [\d.]+ GiB\nhint: a smaller/,
    );
  });

  test.each([
    ["commander.help", 1, 2],
    ["commander.helpDisplayed", 0, 0],
    ["commander.version", 0, 0],
  ])("after %s there is nothing more to say", (code, given, exitCode) => {
    expect(explain(new CommanderError(given, code, "(outputHelp)"), quiet)).toEqual({ text: "", exitCode });
  });

  test("any other error of the command line, wherever it was thrown, is a sentence and ends with 2", () => {
    const unknown = new CommanderError(1, "commander.unknownOption", "error: unknown option '--jsn'");
    expect(explain(unknown, quiet)).toEqual({ text: "error: unknown option '--jsn'", exitCode: 2 });
    expect(explain(new InvalidArgumentError("no run"), quiet)).toEqual({ text: "error: no run", exitCode: 2 });
  });

  test("no error goes without a word", () => {
    for (const thrown of [new UserError("usage", ""), new Error(""), new CommanderError(1, "x", ""), "", undefined])
      expect(explain(thrown, quiet).text).toMatch(/^error: \S/);
  });
});
