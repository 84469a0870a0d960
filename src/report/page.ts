// A whole page in one file: nothing is fetched, and only the styles and the script that the project wrote are let in.
import { createHash } from "node:crypto";
import { type Html, html } from "./html.ts";
import { pageScript } from "./page-script.ts";
import { pageStyle } from "./page-style.ts";

/** Pictures come as data: addresses; what else a browser would load or run is refused, whatever stands in the page. */
const policy = [
  "default-src 'none'",
  "img-src data:",
  `style-src '${hashOf(pageStyle)}'`,
  `script-src '${hashOf(pageScript)}'`,
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

function hashOf(text: string): string {
  return `sha256-${createHash("sha256").update(text).digest("base64")}`;
}

/** The text of an HTML file that reads without its script, too. */
export const htmlPage = (title: string, body: Html): string =>
  [
    "<!doctype html>",
    '<html lang="en">',
    "<head>",
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<link rel="icon" href="data:,">',
    html`<title>${title}</title>`.text,
    `<style>${pageStyle}</style>`,
    "</head>",
    "<body>",
    body.text,
    `<script>${pageScript}</script>`,
    "</body>",
    "</html>",
    "",
  ].join("\n");
