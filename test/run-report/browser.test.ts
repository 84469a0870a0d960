// The report in a real browser: no error, no request, nothing that runs but its own script, nothing that a reader with a disability stumbles over.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { type Browser, chromium, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { runReport } from "../../src/run-report/report.ts";
import { needs } from "../needs.ts";
import { findBrowser } from "./browser.ts";
import { makeUpRun } from "./made-up.ts";
import { payloads } from "./payloads.ts";

describe("in a browser", needs("browser"), () => {
  const root = mkdtempSync(join(tmpdir(), "inception-report-browser-"));
  const file = join(root, "report.html");
  const plain = join(root, "plain.html");
  let browser: Browser;
  let page: Page;
  const troubles: string[] = [];

  beforeAll(async () => {
    const run = await makeUpRun(root, { classes: payloads, perClass: 3, runName: "<img src=x onerror=alert(1)>" });
    writeFileSync(file, (await runReport(run, { budget: 1e6 })).text);
    const harmless = await makeUpRun(join(root, "plain"), { perClass: 6 });
    writeFileSync(plain, (await runReport(harmless, { budget: 1e5 })).text);
    browser = await chromium.launch({ executablePath: findBrowser()!, args: ["--no-sandbox"] });
    page = await (await browser.newContext()).newPage();
    page.on("console", (message) => troubles.push(`console: ${message.text()}`));
    page.on("pageerror", (error) => troubles.push(`error: ${error.message}`));
    page.on("dialog", (dialog) => {
      troubles.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("request", (request) => {
      if (!request.url().startsWith("data:") && request.url() !== pathToFileURL(file).href)
        troubles.push(`request: ${request.url()}`);
    });
    await page.goto(pathToFileURL(file).href);
  }, 60_000);
  afterAll(async () => {
    await browser?.close();
    rmSync(root, { recursive: true, force: true });
  });

  test("forty hostile names run nothing, ask for nothing and stand there letter for letter", async () => {
    const read = (await page.locator("#classes tbody tr th").allTextContents()).slice(0, payloads.length);
    expect(read.sort()).toEqual([...payloads].sort());
    expect(troubles).toEqual([]);
  });

  test("a heading sorts its table, once up and once down", async () => {
    const column = () => page.locator("#classes table.sortable").first().locator("tbody tr td:nth-child(6)");
    const head = page.locator("#classes table.sortable").first().locator("thead th").nth(5);
    const shares = async () => (await column().allTextContents()).map((text) => Number.parseFloat(text) || 0);
    await head.locator("button").press("Enter");
    const up = await shares();
    expect(up).toEqual([...up].sort((a, b) => a - b));
    expect(await head.getAttribute("aria-sort")).toBe("ascending");
    await head.locator("button").click();
    const down = await shares();
    expect(down).toEqual([...down].sort((a, b) => b - a));
    expect(new Set(down).size).toBeGreaterThan(1);
  });

  test("a cell of the matrix opens its pictures", async () => {
    const link = page.locator(".matrix td a").first();
    const target = page.locator(`[id="${(await link.getAttribute("href"))!.slice(1)}"]`);
    expect(await target.locator("figure").first().isVisible()).toBe(false);
    await link.press("Enter");
    await target.locator("figure").first().waitFor({ state: "visible" });
  });

  test.each([
    ["light", 1200],
    ["dark", 480],
  ] as const)(
    "axe finds nothing serious on a %s screen of %d px, and nothing leaves its sides",
    { timeout: 60_000 },
    async (scheme, width) => {
      const small = await browser.newPage({ colorScheme: scheme, viewport: { width, height: 900 } });
      await small.goto(pathToFileURL(plain).href);
      // Outside of the page's own policy, as a browser's tools are.
      await small.evaluate(axe);
      const { violations } = await small.evaluate<Found>("axe.run({ resultTypes: ['violations'] })");
      const grave = violations.filter(({ impact }) => impact === "serious" || impact === "critical");
      expect(grave.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`)).toEqual([]);
      expect(await small.evaluate("document.documentElement.scrollWidth - innerWidth")).toBeLessThanOrEqual(0);
      await small.close();
    },
  );

  test("no error has come by the end", () => expect(troubles).toEqual([]));
});

type Found = { violations: { id: string; impact: string; nodes: { html: string }[] }[] };
const axe = (createRequire(import.meta.url)("axe-core") as { source: string }).source;
