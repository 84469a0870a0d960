// The page that classifies pictures in a browser, without its script.

/** Nothing is loaded but what lies beside the page; its resize is WebAssembly. */
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src data:",
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

/** A browser runs no module from a plain file; who opens the page so reads how to serve it. */
export const demoPage = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>What is on the picture?</title>
<link rel="stylesheet" href="demo.css">
<script src="tf.es2017.min.js" defer></script>
<script src="demo.js" type="module"></script>
</head>
<body>
<main>
<h1>What is on the picture?</h1>
<label class="drop">
<strong>Drop pictures here, paste one, or choose some</strong>
<input id="files" type="file" accept="image/*" multiple disabled>
</label>
<p id="status" role="status">This page needs a server, be it on your own computer: run
<code>python3 -m http.server</code> in its folder, and open <code>http://localhost:8000</code>.</p>
<section id="results" aria-live="polite" aria-label="Results"></section>
</main>
</body>
</html>
`;

export const demoStyle = `:root {
  --paper: #ffffff; --ink: #111820; --plain: #46505a; --faint: #d9dee3; --panel: #f4f6f8; --bar: #0072b2; --failed: #a84300;
}
@media (prefers-color-scheme: dark) {
  :root {
    --paper: #161b20; --ink: #e8ecf0; --plain: #aab4be; --faint: #363f48; --panel: #1f262d; --bar: #4da6e0; --failed: #f59a5b;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }
main { max-width: 44rem; margin: 0 auto; padding: 1.5rem 1rem 4rem; }
h1 { font-size: 1.6rem; margin: 0 0 1rem; }
code { font: 0.875em ui-monospace, monospace; }
.drop { display: block; padding: 2rem 1rem; border: 2px dashed var(--plain); border-radius: 10px; text-align: center; background: var(--panel); }
.ready .drop { cursor: pointer; }
.over .drop { border-color: var(--bar); border-style: solid; }
.drop strong { display: block; margin-bottom: 0.75rem; font-weight: 600; }
.drop input { max-width: 100%; font: inherit; color: inherit; }
#status, .time { color: var(--plain); }
.failed, #status.failed { color: var(--failed); }
.card .failed { grid-column: 1 / -1; margin: 0; }
.card { display: grid; grid-template-columns: 11rem 1fr; gap: 0 1.25rem; padding: 1.25rem 0; border-top: 1px solid var(--faint); }
.card h2 { grid-column: 1 / -1; font-size: 1rem; margin: 0 0 0.5rem; overflow-wrap: anywhere; }
.card canvas { width: 100%; border-radius: 6px; grid-row: 2 / span 2; }
.card ol { list-style: none; margin: 0; padding: 0; }
.card li { display: grid; grid-template-columns: 1fr auto; gap: 0 1rem; margin-bottom: 0.4rem; }
.card li:first-child .label { font-weight: 600; }
.label { overflow-wrap: anywhere; }
.share { font-variant-numeric: tabular-nums; }
.track { grid-column: 1 / -1; height: 6px; border-radius: 3px; background: var(--faint); overflow: hidden; }
.bar { height: 100%; background: var(--bar); }
.time { font-size: 0.875rem; margin: 0.5rem 0 0; }
@media (max-width: 34rem) { .card { grid-template-columns: 1fr; } .card canvas { max-width: 16rem; margin-bottom: 0.75rem; } }
`;
