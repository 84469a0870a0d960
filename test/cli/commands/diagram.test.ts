import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { registerDiagram } from "../../../src/cli/commands/diagram.ts";

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "diagram-"));
  vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => {
  vi.restoreAllMocks();
  rmSync(folder, { recursive: true });
});

async function run(...words: string[]): Promise<string> {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command().exitOverride();
  registerDiagram(program);
  await program.parseAsync(["diagram", ...words], { from: "user" });
  return written.mock.calls.map(([text]) => String(text)).join("");
}

describe("inception diagram", () => {
  it("writes SVG to a file, and nothing to stdout", async () => {
    const file = join(folder, "v3.svg");
    expect(await run("inception-v3", "-o", file)).toBe("");
    expect(readFileSync(file, "utf8")).toMatch(
      /^<svg [\s\S]*<title>inception-v3, 299 x 299 pixels<\/title>[\s\S]*<\/svg>\n$/,
    );
    expect(readdirSync(folder)).toEqual(["v3.svg"]);
  });

  it("writes Mermaid to stdout", async () => {
    expect(await run("inception-v2", "--format", "mermaid")).toMatch(/^flowchart TD\n[\s\S]*Conv2d_1a_7x7/);
  });

  it("is of a network for as many classes as the config's pictures have, or for 1,000 where they are not there", async () => {
    for (const name of ["cat", "dog", "owl"]) {
      mkdirSync(join(folder, "photos", name), { recursive: true });
      writeFileSync(join(folder, "photos", name, "1.png"), "never read");
    }
    const config = join(folder, "pets.yaml");
    writeFileSync(config, `network: { name: googlenet }\ndata: { train: ${folder}/photos }\ntrain: { epochs: 1 }\n`);
    expect(await run(config)).toMatch(/>dense 3</);
    rmSync(join(folder, "photos"), { recursive: true });
    vi.mocked(process.stdout.write).mockClear();
    expect(await run(config)).toMatch(/>dense 1000</);
    const said = vi.mocked(process.stderr.write).mock.calls.map(([text]) => String(text));
    expect(said.join("")).toMatch(/photos: no such file or folder; the network is the one for 1000 classes\n/);
  });

  it("says where it cannot write", async () => {
    await expect(run("inception-v3", "-o", join(folder, "none", "v3.svg"))).rejects.toThrow(
      "cannot be written (ENOENT)",
    );
  });
});
