// The passes' source is what runs; after a change to it `npx vitest run test/images/resample/passes.test.ts -u` writes the module anew.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import wabt from "wabt";

const folder = join(import.meta.dirname, "../../../src/images/resample");

test("the compiled passes are those of their source", async () => {
  const { parseWat } = await wabt();
  const module = parseWat("passes.wat", readFileSync(join(folder, "passes.wat")), { simd: true });
  const { buffer } = module.toBinary({});
  const lines = Buffer.from(buffer)
    .toString("base64")
    .match(/.{1,100}/g)!
    .map((line) => `  "${line}",\n`);
  const text = `// passes.wat, compiled. Written by test/images/resample/passes.test.ts.
export const passes: string = [
${lines.join("")}].join("");
`;
  await expect(text).toMatchFileSnapshot(join(folder, "passes-module.ts"));
});
