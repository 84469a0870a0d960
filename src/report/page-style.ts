// The styles of a page: light, dark and on paper. Drawings keep their colours on paper; on a dark screen each has its counterpart.
import { ink } from "./svg.ts";

/** Colours of drawings that a dark screen needs otherwise. */
const dark: Readonly<Record<string, string>> = {
  [ink.dark]: "#e8ecf0",
  [ink.plain]: "#aab4be",
  [ink.faint]: "#363f48",
  "#0072b2": "#4da6e0",
  "#d55e00": "#f08030",
  "#009e73": "#2fbf95",
};

const darkDrawings = Object.entries(dark)
  .flatMap(([color, other]) =>
    ["fill", "stroke"].map((key) => `.chart [${key}="${color}"], .chart[${key}="${color}"] { ${key}: ${other}; }`),
  )
  .join("\n  ");

/** Where each shade of a share begins, in percent: most of what differs is in the small ones. Cells have the classes `s0`, `s1` ... */
export const shadeBounds = [0, 1, 2, 5, 10, 20, 40, 60, 80, 95] as const;
/** How much of the shade is in each, in percent; in between neither ink could be read. */
const parts = [6, 12, 19, 27, 36, 70, 77, 84, 92, 100] as const;
const shades = parts
  .map((part, i) => {
    const ink = part > 50 ? "var(--on-shade)" : "var(--ink)";
    return `td.s${i} { background: color-mix(in srgb, var(--shade) ${part}%, var(--paper)); color: ${ink}; }`;
  })
  .join("\n");

export const pageStyle = `
:root {
  --paper: #ffffff; --ink: #111820; --plain: #46505a; --faint: #d9dee3; --panel: #f4f6f8; --link: #0059a0;
  --good: #00694d; --poor: #a84300; --shade: #08306b; --on-shade: #ffffff;
}
@media screen and (prefers-color-scheme: dark) {
  :root {
    --paper: #161b20; --ink: #e8ecf0; --plain: #aab4be; --faint: #363f48; --panel: #1f262d; --link: #7cc0f5;
    --good: #4fd0a6; --poor: #f59a5b; --shade: #8cc4f2; --on-shade: #0c1116;
  }
  ${darkDrawings}
}
* { box-sizing: border-box; }
html { background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; scroll-padding-top: 1rem; }
body { margin: 0 auto; padding: 1.5rem clamp(0.75rem, 3vw, 2rem) 4rem; max-width: 76rem; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; line-height: 1.25; margin: 0 0 0.25rem; }
h2 { font-size: 1.25rem; margin: 2.5rem 0 0.75rem; padding-top: 1rem; border-top: 1px solid var(--faint); }
h3 { font-size: 1rem; margin: 1.5rem 0 0.5rem; }
p, ul { margin: 0.5rem 0; max-width: 70ch; }
a { color: var(--link); }
a:focus-visible, button:focus-visible, summary:focus-visible, input:focus-visible, .scroll:focus-visible {
  outline: 3px solid var(--link); outline-offset: 2px;
}
nav ul { display: flex; flex-wrap: wrap; gap: 0.25rem 1.25rem; list-style: none; padding: 0; margin: 1rem 0; max-width: none; }
code, pre { font: 0.875em/1.5 ui-monospace, monospace; }
pre { background: var(--panel); padding: 0.75rem; border-radius: 6px; white-space: pre-wrap; margin: 0.5rem 0; }
.plain { color: var(--plain); }
.verdict { background: var(--panel); border-left: 6px solid var(--plain); border-radius: 6px; padding: 1rem 1.25rem; margin: 1rem 0; }
.verdict.good { border-color: var(--good); }
.verdict.poor { border-color: var(--poor); }
.verdict h2 { border: 0; margin: 0 0 0.5rem; padding: 0; font-size: 1.35rem; }
.verdict .chart { max-width: 44rem; width: 100%; }
.verdict pre { background: var(--paper); }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 24rem), 1fr)); gap: 1rem; }
.chart { max-width: 100%; height: auto; display: block; }
.charts .chart { width: 100%; }
.chart > rect[fill="#ffffff"] { fill: none; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; font-size: 0.9rem; margin: 0.5rem 0; }
caption { text-align: start; color: var(--plain); padding-bottom: 0.25rem; }
th, td { overflow-wrap: break-word; padding: 0.25rem 0.6rem; text-align: start; vertical-align: middle; border-bottom: 1px solid var(--faint); }
thead th { border-bottom: 2px solid var(--plain); vertical-align: bottom; }
tbody th { font-weight: 500; min-width: 6.5rem; max-width: 18rem; overflow-wrap: anywhere; }
td.number, th.number { text-align: end; font-variant-numeric: tabular-nums; white-space: nowrap; }
th button { font: inherit; color: inherit; background: none; border: 0; padding: 0; cursor: pointer; text-align: inherit; }
th button::after { content: "\\2195"; color: var(--plain); padding-inline-start: 0.25em; }
th[aria-sort="ascending"] button::after { content: "\\2191"; color: var(--ink); }
th[aria-sort="descending"] button::after { content: "\\2193"; color: var(--ink); }
.bar { display: block; width: 7rem; height: 1rem; }
.bar .rail { fill: var(--faint); } .bar .value { fill: var(--link); } .bar .interval { stroke: var(--ink); stroke-width: 1.5; }
.matrix { border-collapse: separate; border-spacing: 1px; }
.matrix td, .matrix th { border: 0; padding: 0.2rem 0.35rem; text-align: center; }
.matrix td { min-width: 2.4rem; font-variant-numeric: tabular-nums; line-height: 1.2; background: var(--panel); }
.matrix tbody th { text-align: end; min-width: 4rem; }
.matrix thead th.class { writing-mode: vertical-rl; transform: rotate(180deg); text-align: start; padding: 0.35rem 0.2rem; max-height: 14rem; }
.matrix td a { color: inherit; display: block; }
.matrix small { display: block; }
.matrix td.right { box-shadow: inset 0 0 0 2px var(--plain); }
${shades}
.legend { display: flex; flex-wrap: wrap; gap: 0.25rem 1rem; font-size: 0.85rem; color: var(--plain); align-items: center; }
.legend table { margin: 0; font-size: 0.8rem; }
.pictures { display: grid; grid-template-columns: repeat(auto-fill, minmax(8.5rem, 1fr)); gap: 0.75rem; margin: 0.75rem 0; }
.pictures.small { grid-template-columns: repeat(auto-fill, minmax(6.5rem, 1fr)); }
.pictures.looked { grid-template-columns: repeat(auto-fill, minmax(min(26rem, 100%), 1fr)); }
.looks { display: grid; grid-template-columns: repeat(3, minmax(0, 8rem)); gap: 0.4rem; }
figure { margin: 0; font-size: 0.8rem; line-height: 1.35; }
figure img { display: block; max-width: 100%; height: auto; background: var(--panel); border-radius: 4px; }
figcaption { margin-top: 0.25rem; }
figcaption .file { color: var(--plain); display: block; }
figure .none { display: grid; place-items: center; aspect-ratio: 1; background: var(--panel); color: var(--plain); border-radius: 4px; }
.wrong { color: var(--poor); } .right { color: var(--good); }
details { margin: 0.5rem 0; }
summary { cursor: pointer; padding: 0.25rem 0; font-weight: 500; }
details > :not(summary) { margin-inline-start: 1rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: 0.25rem 1rem; margin: 0.5rem 0; }
dt { color: var(--plain); } dd { margin: 0; }
@media (max-width: 40rem) {
  body { padding-top: 1rem; } h1 { font-size: 1.35rem; }
  dl { grid-template-columns: 1fr; gap: 0; } dd { margin-bottom: 0.5rem; }
  th, td { padding: 0.25rem 0.4rem; }
}
@media print {
  html { font-size: 11px; } body { max-width: none; padding: 0; }
  nav, th button::after { display: none; }
  h2, h3 { break-after: avoid; } figure, .chart, tr, .verdict { break-inside: avoid; }
  .scroll { overflow: visible; } pre, .verdict, .matrix td { print-color-adjust: exact; -webkit-print-color-adjust: exact; }
}
`;
