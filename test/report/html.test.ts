// Pages: nothing that is put into one becomes markup, and its policy lets in its own styles and script alone.
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { drawing, html, name, nothing } from "../../src/report/html.ts";
import { htmlPage } from "../../src/report/page.ts";
import { table } from "../../src/report/table.ts";
import { parseXml } from "./xml.ts";

test("any text stands in a page as text, in an element and in an attribute", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (words) => {
      const { text, attributes } = parseXml(html`<a title="${words}">${[words, ""]}</a>`.text);
      expect(attributes.title).toBe(text);
    }),
  );
  expect(html`<p>${'<b class="x">&\'</b>'}</p>`.text).toBe(
    "<p>&#60;b class=&#34;x&#34;&#62;&#38;&#39;&#60;/b&#62;</p>",
  );
});

test("HTML within HTML stays as it is; lists are joined; nothing, undefined, null and false are nothing; zero is not", () => {
  expect(html`${html`<i>${1}</i>`}${[html`a`, "<"]}${undefined}${null}${false}${nothing}${0}`.text).toBe(
    "<i>1</i>a&#60;0",
  );
  expect(name("<x>").text).toBe("<bdi>&#60;x&#62;</bdi>");
  expect(drawing('<svg viewBox="0 0 1 1"></svg>\n').text).toBe('<svg class="chart" viewBox="0 0 1 1"></svg>');
});

test("a page's policy is of the very styles and the very script that stand in it", () => {
  const page = htmlPage("<title>", html`<p>words</p>`);
  const [policy] = /http-equiv="Content-Security-Policy" content="([^"]*)"/.exec(page)!.slice(1);
  const hash = (tag: string): string => {
    const [, content] = new RegExp(`<${tag}>([\\s\\S]*?)</${tag}>`).exec(page)!;
    return `'sha256-${createHash("sha256").update(content!).digest("base64")}'`;
  };
  expect(policy!.split("; ")).toEqual([
    "default-src 'none'",
    "img-src data:",
    `style-src ${hash("style")}`,
    `script-src ${hash("script")}`,
    "base-uri 'none'",
    "form-action 'none'",
  ]);
  expect(page).toContain("<title>&#60;title&#62;</title>");
  expect(page.match(/<script/g)).toHaveLength(1);
});

test("a table names its rows, and numbers are sorted by their value", () => {
  const { text } = table({
    caption: "Some <b>",
    columns: [{ head: "class" }, { head: "share", number: true }],
    rows: [["cat", { show: "9.5%", by: 0.095 }]],
    sortable: true,
  });
  expect(text).toContain('<th scope="row">cat</th><td class="number" data-value="0.095">9.5%</td>');
  expect(text).toContain("<caption>Some &#60;b&#62;</caption>");
  expect(text).toContain('class="sortable"');
});
