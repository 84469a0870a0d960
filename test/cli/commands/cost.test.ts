import { Command } from "commander";
import { afterEach, describe, expect, it, vi } from "vitest";
import { registerCost } from "../../../src/cli/commands/cost.ts";
import { readPrinted } from "../printed.ts";

async function run(...words: string[]): Promise<string> {
  const written = vi.spyOn(process.stdout, "write").mockReturnValue(true);
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  registerCost(program);
  await program.parseAsync(["cost", ...words], { from: "user" });
  return written.mock.calls.map(([text]) => String(text)).join("");
}

afterEach(() => vi.restoreAllMocks());

describe("inception cost", () => {
  it("prints one JSON document with totals, layers and the paper's figures", async () => {
    const report = readPrinted("inception.cost/1", await run("inception-v3", "--json"));
    expect(report).toMatchObject({
      schema: "inception.cost/1",
      size: 299,
      parameters: 23_834_568,
      multiplyAdds: 5_713_216_096,
      training: { parameters: 27_161_264 },
      activationMemory: { batch: 1 },
    });
    expect(report.layers).toHaveLength(20);
    expect(report.layers[7]).toMatchObject({ path: "Mixed_5b", output: { channels: 256 } });
    expect(report.paper.map(({ source }) => source)).toContain("Table 3, + BN-auxiliary");
  });

  it("counts another size, another key, and layer by layer", async () => {
    const set = ["--set", "network.stemStride=1", "--set", "network.auxiliary=off"];
    const report = readPrinted(
      "inception.cost/1",
      await run("inception-v3", "--size", "151", "--by", "layer", "--json", ...set),
    );
    expect(report).toMatchObject({ multiplyAdds: 5_713_216_096, training: { parameters: 23_834_568 } });
    expect(report.layers.map(({ path }) => path)).toContain("Mixed_7c/b3x3dbl/2/3x1");
  });

  it("says what a training step needs, what this machine has, and which micro-batch fits", async () => {
    vi.spyOn(process, "constrainedMemory").mockReturnValue(2 ** 31);
    const words = ["inception-v3", "--batch", "64", "--set", "train.precision=float32"];
    const { step } = readPrinted("inception.cost/1", await run(...words, "--json"));
    expect(step).toMatchObject({ pictures: 64, needed: expect.toSatisfy((bytes: number) => bytes > 6 * 2 ** 30) });
    if (process.platform !== "linux") return expect(step).toMatchObject({ free: null, fitting: 64, remedy: null });
    expect(step!.free).toBeLessThanOrEqual(2 ** 31);
    expect(step!.fitting).toBeLessThan(32);
    const remedy =
      step!.fitting === null ? "a smaller network or size needs less" : `set train.microBatch to ${step!.fitting}`;
    expect(step!.remedy).toBe(remedy);
    expect(await run(...words)).toMatch(
      /^memory of a training step of 64 in float32, at least: 6\.\d GiB; free here: [12]\.\d GiB; /m,
    );
  });

  it("foresees no step with a frozen trunk", async () => {
    const report = readPrinted(
      "inception.cost/1",
      await run("inception-v3", "--set", "train.freeze=[Mixed_5b]", "--json"),
    );
    expect(report.step).toBe(null);
  });

  it("counts other blocks, and says on stderr what changes nothing", async () => {
    const said = vi.spyOn(process.stderr, "write").mockReturnValue(true);
    const set = ["--set", "network.reduction=conv-pool", "--set", "network.block17=dense3"];
    expect(JSON.parse(await run("inception-v3", "--json", ...set))).toMatchObject({ paper: [], size: 299 });
    expect(said).not.toHaveBeenCalled();
    await run("inception-v3", "--json", "--set", "network.reductionAt=35");
    expect(said).toHaveBeenCalledWith(
      "warning: --set network.reductionAt: changes nothing while network.reduction is parallel\n",
    );
  });

  it("prints a table for people, the paper's figures marked as such", async () => {
    const text = await run("inception-v2");
    expect(text).toMatch(/^network +23,\d{3},\d{3} +5,299,886,272$/m);
    expect(text).toContain("Table 3, Inception-v2: multiply-adds; top-1 / top-5 error: 3.8 billion; 23.4% / -");
  });

  it("counts GoogLeNet at its own size, with both heads", async () => {
    const text = await run("googlenet");
    expect(text).toMatch(/^googlenet, 224 x 224 pixels, 1,000 classes$/m);
    expect(text).toMatch(/^network +6,998,552 +1,582,671,872$/m);
    expect(text).toMatch(/^with auxiliary heads \(training\) +13,378,280 +1,591,044,096$/m);
  });

  it("speaks of no auxiliary head where there is none", async () => {
    expect(await run("bn-inception")).not.toContain("auxiliary");
  });

  it("without a network compares those of the paper with the paper's own billions", async () => {
    const { networks } = readPrinted("inception.cost-comparison/1", await run("--json"));
    expect(networks.map(({ network, multiplyAdds, paper }) => [network, multiplyAdds, paper.billions])).toEqual([
      ["googlenet", 1_582_671_872, 1.5],
      ["googlenet", 1_498_677_248, 1.5],
      ["bn-inception", 1_934_857_216, 2],
      ["bn-inception", 2_032_600_064, 2],
      ["inception-v2", 5_299_886_272, 3.8],
      ["inception-v3", 5_713_216_096, 4.8],
    ]);
    const text = await run();
    expect(text).toMatch(/^googlenet stem=conv7x7-separable +224 px +6,991,856 +1,498,677,248 +1.50 +1.5 +GoogLeNet$/m);
    await expect(run("--size", "75")).rejects.toThrow("compares those of the paper");
  });

  it("refuses what it cannot count", async () => {
    await expect(run("inception-v3", "--size", "74")).rejects.toThrow("at least 75 px, got 74 px");
    await expect(run("inception-v9")).rejects.toThrow("inception-v9: no such network");
    await expect(run("inception-v3", "--set", "network.width=-1")).rejects.toThrow("network.width");
    await expect(run("inception-v3", "--size", "0")).rejects.toThrow("whole number");
  });
});
