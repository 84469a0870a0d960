// Names from outside as they are shown: nothing of them reaches a terminal that would move its cursor or turn its text.

import { expect, test, vi } from "vitest";
import { parse } from "yaml";
import { formatTable, note, print, printJson } from "../src/cli/print.ts";
import { experimentSchema } from "../src/config/schema.ts";
import { toYaml } from "../src/config/write.ts";
import { visibleJson, visibleName, visibleText } from "../src/visible.ts";

const evil = "cat\u001b[2J\u202e\u009b\n\u2028dog";
const shown = "cat\\u{1b}[2J\\u{202e}\\u{9b}\\u{a}\\u{2028}dog";

test("a name is one line; a text keeps its lines; JSON keeps its value", () => {
  expect(visibleName(evil)).toBe(shown);
  expect(visibleText(evil)).toBe(shown.replace("\\u{a}", "\n"));
  const json = visibleJson(JSON.stringify({ evil, tag: "\u{e0001}" }, null, 2));
  expect(json).not.toMatch(/[^\P{C}\n]/u);
  expect(JSON.parse(json)).toEqual({ evil, tag: "\u{e0001}" });
  for (const plain of ["Käse, 猫 & Ω 🐈", 'a "b" \\u{1b}']) expect(visibleName(plain)).toBe(plain);
});

test("an experiment's text says the same however its paths are written", () => {
  const experiment = experimentSchema.parse({ data: { train: evil }, train: { classWeights: { [evil]: 2 } } });
  const text = toYaml(experiment);
  expect(text).not.toMatch(/[^\P{C}\n]/u);
  expect(experimentSchema.parse(parse(text))).toEqual(experiment);
});

test("what goes to a terminal or to stdout has passed by the door", () => {
  const said: string[] = [];
  const hear = (text: unknown): boolean => said.push(String(text)) > 0;
  const out = vi.spyOn(process.stdout, "write").mockImplementation(hear);
  const err = vi.spyOn(process.stderr, "write").mockImplementation(hear);
  try {
    print(formatTable(["class", "n"], [[evil, 1]]));
    note(`left out: ${evil}`);
    printJson({
      schema: "inception.predict/1",
      model: evil,
      resize: "",
      predictions: [],
      rejected: [],
    });
  } finally {
    out.mockRestore();
    err.mockRestore();
  }
  const [table, remark, json] = said;
  expect(table).toContain(`\n${shown}  `);
  expect(remark).toBe(`left out: ${visibleText(evil)}\n`);
  expect(JSON.parse(json!)).toMatchObject({ model: evil });
  expect(said.join("")).not.toMatch(/[^\P{C}\n]/u);
});
