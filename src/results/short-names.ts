// Paths as they are told apart in a table or a drawing.

/** The paths without the folders that all begin with and all end with; whole where nothing else is left of one. */
export function shortNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split("/"));
  const common = (from: (path: string[], i: number) => string | undefined): number => {
    const most = Math.min(...parts.map(({ length }) => length)) - 1;
    const differs = Array.from({ length: most }, (_, i) => new Set(parts.map((path) => from(path, i))).size > 1);
    return differs.includes(true) ? differs.indexOf(true) : most;
  };
  const [start, end] = [common((path, i) => path[i]), common((path, i) => path.at(-1 - i))];
  const short = parts.map((path) => path.slice(start, path.length - end).join("/"));
  return short.includes("") ? [...paths] : short;
}
