import { expect, test } from "vitest";
import { showScreen } from "./screen.ts";

test("text, returns, erasures and moves up", () => {
  expect(showScreen("one\r\ntwo\rT\r\nthree\r\x1b[1A\x1b[Jx", 80).lines).toEqual(["one", "x"]);
  expect(showScreen("abc\x1b[K\r\x1b[K", 80).lines).toEqual([""]);
});

test("a line longer than the screen goes on in the next row, unless wrapping is off", () => {
  expect(showScreen("abcdef", 4).lines).toEqual(["abcd", "ef"]);
  expect(showScreen("\x1b[?7labcdef", 4)).toMatchObject({ lines: ["abcf"], wraps: false });
});

test("modes left behind are seen, unknown sequences are refused", () => {
  expect(showScreen("\x1b[?25lx", 80)).toMatchObject({ cursorShown: false, wraps: true });
  expect(showScreen("\x1b[?25l\x1b[?25h", 80).cursorShown).toBe(true);
  expect(() => showScreen("\x1b[3q", 80)).toThrow(/does not know/);
});
