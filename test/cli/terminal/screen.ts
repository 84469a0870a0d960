// A small model of a terminal: what a user sees after these bytes, and in which modes it is left. It knows what the command line uses and
// throws at anything else.

export type Screen = {
  /** What stands on the screen and above it, without trailing spaces; from the first line to the cursor's or the last that holds anything. */
  readonly lines: readonly string[];
  readonly cursor: { readonly row: number; readonly column: number };
  readonly cursorShown: boolean;
  readonly wraps: boolean;
};

// biome-ignore lint/suspicious/noControlCharactersInRegex: terminals are told with them
const sequence = /\x1b\[(\??)([\d;]*)([A-Za-z])|[\s\S]/gy;

/** Lines longer than `columns` go on in the next row, as terminals do it. */
export function showScreen(bytes: string, columns: number): Screen {
  const lines: string[] = [""];
  const modes = new Map([
    ["25", true],
    ["7", true],
  ]);
  let [row, column] = [0, 0];
  const put = (character: string): void => {
    if (column === columns && modes.get("7")) [row, column] = [row + 1, 0];
    while (lines.length <= row) lines.push("");
    const line = lines[row]!.padEnd(column);
    column = Math.min(column, columns - 1);
    lines[row] = line.slice(0, column) + character + line.slice(column + 1);
    column += 1;
  };
  const obey = (isPrivate: boolean, value: string, kind: string): void => {
    const count = Number(value || 1);
    if (isPrivate && (kind === "h" || kind === "l") && modes.has(value)) modes.set(value, kind === "h");
    else if (kind === "A") row = Math.max(0, row - count);
    else if (kind === "J" && value === "") {
      lines.length = row + 1;
      lines[row] = lines[row]!.slice(0, column);
    } else if (kind === "K" && value === "") lines[row] = lines[row]!.slice(0, column);
    else if (kind !== "m") throw new Error(`an escape sequence that the model does not know: ${kind}`);
  };
  for (const [whole, mark, value, kind] of bytes.matchAll(sequence)) {
    if (kind !== undefined) obey(mark === "?", value!, kind);
    else if (whole === "\r") column = 0;
    else if (whole === "\n") {
      row += 1;
      while (lines.length <= row) lines.push("");
    } else if (whole >= " ") put(whole);
    else throw new Error(`a control character that the model does not know: ${whole.charCodeAt(0)}`);
  }
  return {
    lines: lines.map((line) => line.trimEnd()),
    cursor: { row, column },
    cursorShown: modes.get("25")!,
    wraps: modes.get("7")!,
  };
}
