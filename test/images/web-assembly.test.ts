// A module's source is what runs; after a change to one `npx vitest run test/images/web-assembly.test.ts -u` writes it anew.
import { readFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { expect, test } from "vitest";
import wabt from "wabt";

const folder = join(import.meta.dirname, "../../src/images");

test.each(["resample/passes.wat", "colors.wat"])("the compiled module of %s is that of its source", async (path) => {
  const { parseWat } = await wabt();
  const source = join(folder, path);
  const name = basename(path, ".wat");
  const { buffer } = parseWat(path, readFileSync(source), { simd: true }).toBinary({});
  const lines = Buffer.from(buffer)
    .toString("base64")
    .match(/.{1,100}/g)!
    .map((line) => `  "${line}",\n`);
  const text = `// ${name}.wat, compiled. Written by test/images/web-assembly.test.ts.
export const ${name}: string = [
${lines.join("")}].join("");
`;
  await expect(text).toMatchFileSnapshot(join(dirname(source), `${name}-module.ts`));
});
