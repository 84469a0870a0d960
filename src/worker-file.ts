// Where a worker thread's compiled file lies, whether the caller runs from src/ (tests) or from dist/ (the product).

/** URL of the compiled module `name` (no extension) beside the module at `importMetaUrl`. */
export function workerFile(importMetaUrl: string, name: string): URL {
  const compiled = importMetaUrl.endsWith(".ts") ? importMetaUrl.replace("/src/", "/dist/") : importMetaUrl;
  return new URL(`./${name}.js`, compiled);
}
