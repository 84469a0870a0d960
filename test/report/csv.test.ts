// Tables of results as files for spreadsheets: what is quoted, and what would be a formula there.
import { expect, test } from "vitest";
import { parseCsv } from "../../src/images/sources/csv.ts";
import { toCsv } from "../../src/report/csv.ts";

test("numbers stay numbers, whatever their sign; null is empty", () => {
  expect(toCsv([["a", -0.5, 1e-7, null, "-0.5", "+3"]])).toBe("a,-0.5,1e-7,,-0.5,+3\n");
});

test.each(['=HYPERLINK("http://x","y")', "+1+cmd|' /C calc'!A0", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "-"])(
  "%j as a name is text to a spreadsheet, and read back but for the apostrophe",
  (name) => {
    const text = toCsv([[name, 1]]);
    expect(text.replace(/^"/, "")[0]).toBe("'");
    expect(parseCsv(text, "x.csv")[0]!.cells).toEqual([`'${name}`, "1"]);
  },
);

test.each(["a-b", "it's = 1", "a,b", 'say "cat"', "two\nlines", " spaced "])("%j stays as it is", (name) => {
  expect(parseCsv(toCsv([[name, 1]]), "x.csv")[0]!.cells).toEqual([name, "1"]);
});
