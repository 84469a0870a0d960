// The page beside a model of TensorFlow.js in a real browser: the same classes as evaluation has, and nothing from elsewhere.
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { ownLogits } from "../../src/export/parity.ts";
import { picturesOf } from "../../src/export/pictures.ts";
import { tfjs } from "../../src/export/tfjs.ts";
import { encodePng } from "../../src/images/decode.ts";
import { drawShape } from "../../src/images/shapes/draw.ts";
import { openSource } from "../../src/images/sources/source.ts";
import { softmax } from "../../src/statistics/softmax.ts";
import { smallBnInception } from "../graph/step.ts";
import { needs } from "../needs.ts";
import { findBrowser } from "../run-report/browser.ts";
import { smallModel } from "./small-model.ts";

const types: Readonly<Record<string, string>> = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

describe("in a browser", needs("browser"), () => {
  const root = mkdtempSync(join(tmpdir(), "inception-demo-"));
  const model = smallModel({ ...smallBnInception, stemStride: 2, stemPool: true }, 75, {
    order: "BGR",
    scale: 1,
    mean: [104, 117, 123],
    deviation: [57, 58, 59],
    background: true,
  });
  const [folder, picture] = [join(root, "model"), join(root, "circle.png")];
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url!, "http://localhost");
    const name = pathname === "/" ? "index.html" : pathname.slice(1);
    try {
      const bytes = readFileSync(join(folder, name));
      response.writeHead(200, { "content-type": types[extname(name)] ?? "application/octet-stream" }).end(bytes);
    } catch {
      response.writeHead(404).end();
    }
  });
  const troubles: string[] = [];
  let address: string;
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await tfjs.write(model, folder, { storage: "float32", pixels: "outside", demo: true });
    writeFileSync(picture, await encodePng(drawShape("circle", 200, 1, 3), 200, 200));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    address = `http://localhost:${(server.address() as AddressInfo).port}/`;
    browser = await chromium.launch({ executablePath: findBrowser()!, args: ["--no-sandbox"] });
    page = await browser.newPage();
    page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
    page.on("request", (request) => {
      if (!request.url().startsWith("data:") && !request.url().startsWith(address)) troubles.push(request.url());
    });
    page.setDefaultTimeout(100_000);
    // In software a graphics processor's programs take longer to compile than all else here.
    await page.goto(`${address}?backend=cpu`);
    await page.locator("body.ready").waitFor();
  });
  afterAll(async () => {
    await browser?.close();
    server.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("a picture gets the probabilities that evaluation gives it, and what is none a sentence", async () => {
    const none = join(root, "none.txt");
    writeFileSync(none, "no picture");
    await page.locator("#files").setInputFiles([picture, none]);
    await page.locator(".card .failed").waitFor();
    expect(await page.locator(".card .failed").textContent()).toBe("not a picture that this browser can read");
    const pictures = await picturesOf(model, await openSource(await listOf(root, picture), { leastClasses: 1 }), 1);
    const [rows] = await ownLogits(model, [model.weights], pictures);
    const own = softmax(rows![0]!.slice(1));
    const labels = model.classes.slice(1);
    const best = [...own.keys()].sort((a, b) => own[b]! - own[a]!).map((i) => [labels[i]!, own[i]!] as const);
    const shown = await page.locator(".card li").allInnerTexts();
    expect(shown.map((text) => text.split(/\s*\n\s*/)[0])).toEqual(best.map(([label]) => label));
    const shares = await page.locator(".card .share").allTextContents();
    for (const [i, share] of shares.entries()) expect(Number.parseFloat(share)).toBeCloseTo(100 * best[i]![1], 1);
    expect(troubles).toEqual([]);
  });

  test("dropped and pasted pictures get what a chosen one gets, each under its name", async () => {
    await page.reload();
    await page.locator("body.ready").waitFor();
    await page.locator("#files").setInputFiles(picture);
    const bytes = JSON.stringify([...readFileSync(picture)]);
    const transfer = (name: string): string => `(() => {
        const carried = new DataTransfer();
        carried.items.add(new File([Uint8Array.from(${bytes})], "${name}", { type: "image/png" }));
        return carried;
      })()`;
    const dropped = await page.evaluateHandle(transfer("dropped.png"));
    await page.dispatchEvent("main", "dragover", { dataTransfer: dropped });
    expect(await page.locator("body.over").count()).toBe(1);
    await page.dispatchEvent("main", "drop", { dataTransfer: dropped });
    expect(await page.locator("body.over").count()).toBe(0);
    await page.evaluate(`dispatchEvent(new ClipboardEvent("paste", { clipboardData: ${transfer("pasted.png")} }))`);
    await page.locator(".card ol").nth(2).waitFor();
    const cards = await page.locator(".card").all();
    const shown = await Promise.all(
      cards.map(async (card) => [await card.locator("h2").textContent(), await card.locator("li").allInnerTexts()]),
    );
    const [, , [, chosen]] = shown as [unknown, unknown, [string, string[]]];
    expect(chosen).toHaveLength(model.classes.length - 1);
    expect(shown).toEqual(["pasted.png", "dropped.png", "circle.png"].map((name) => [name, chosen]));
    expect(page.url()).toBe(`${address}?backend=cpu`);
    expect(troubles).toEqual([]);
  });
});

async function listOf(root: string, picture: string): Promise<string> {
  const list = join(root, "list.csv");
  writeFileSync(list, `path,label\n${picture},circle\n`);
  return list;
}
