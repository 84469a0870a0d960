// The forms in which predictions are printed.
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { type Format, outputOf } from "../../src/cli/prediction-output.ts";

let printed: string;
beforeEach(() => {
  printed = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    printed += text;
    return true;
  });
});
afterEach(() => void vi.restoreAllMocks());

const owl = {
  image: "a,b.jpg",
  top: [
    { class: "owl", probability: 0.75 },
    { class: "=cat", probability: 0.25 },
  ],
};
function show(format: Format, accepted?: boolean): string[] {
  const output = outputOf(format);
  output.add([{ ...owl, ...(accepted !== undefined && { accepted }) }]);
  output.add([]);
  output.end();
  return printed.trimEnd().split("\n");
}

test("csv has a line for each class, and what would upset a reader is quoted", () => {
  expect(show("csv", true)).toEqual([
    "image,rank,class,probability,accepted",
    '"a,b.jpg",1,owl,0.75,yes',
    `"a,b.jpg",2,'=cat,0.25,yes`,
  ]);
});

test("jsonl has a line for each picture", () => {
  expect(show("jsonl").map((line) => JSON.parse(line))).toEqual([owl]);
});

test("the table says what is uncertain", () => {
  const lines = show("table", false).slice(2);
  expect(lines[0]).toMatch(/^a,b\.jpg +owl \(uncertain\) +75\.00%$/);
  expect(lines[1]).toMatch(/^ +=cat +25\.00%$/);
});
