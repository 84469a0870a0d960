// Small capital letters and digits drawn into pixels, so that a sheet needs no font of the system.

export const letterHeight = 5;
const letterWidth = 4;

/** Five rows of three pixels, a bit each, the leftmost highest. */
const letters: Readonly<Record<string, readonly number[]>> = {
  "0": [7, 5, 5, 5, 7],
  "1": [2, 6, 2, 2, 7],
  "2": [7, 1, 7, 4, 7],
  "3": [7, 1, 7, 1, 7],
  "4": [5, 5, 7, 1, 1],
  "5": [7, 4, 7, 1, 7],
  "6": [7, 4, 7, 5, 7],
  "7": [7, 1, 1, 2, 2],
  "8": [7, 5, 7, 5, 7],
  "9": [7, 5, 7, 1, 7],
  A: [2, 5, 7, 5, 5],
  B: [6, 5, 6, 5, 6],
  C: [3, 4, 4, 4, 3],
  D: [6, 5, 5, 5, 6],
  E: [7, 4, 6, 4, 7],
  F: [7, 4, 6, 4, 4],
  G: [3, 4, 5, 5, 3],
  H: [5, 5, 7, 5, 5],
  I: [7, 2, 2, 2, 7],
  J: [1, 1, 1, 5, 2],
  K: [5, 5, 6, 5, 5],
  L: [4, 4, 4, 4, 7],
  M: [5, 7, 7, 5, 5],
  N: [6, 5, 5, 5, 5],
  O: [2, 5, 5, 5, 2],
  P: [6, 5, 6, 4, 4],
  Q: [2, 5, 5, 6, 3],
  R: [6, 5, 6, 5, 5],
  S: [3, 4, 2, 1, 6],
  T: [7, 2, 2, 2, 2],
  U: [5, 5, 5, 5, 7],
  V: [5, 5, 5, 5, 2],
  W: [5, 5, 7, 7, 5],
  X: [5, 5, 2, 5, 5],
  Y: [5, 5, 2, 2, 2],
  Z: [7, 1, 2, 4, 7],
  "-": [0, 0, 7, 0, 0],
  ".": [0, 0, 0, 0, 2],
  _: [0, 0, 0, 0, 7],
  "/": [1, 1, 2, 4, 4],
  ",": [0, 0, 0, 2, 4],
  ":": [0, 2, 0, 2, 0],
  "%": [5, 1, 2, 4, 5],
  "+": [0, 2, 7, 2, 0],
};

/** Black, from the upper left corner, each dot `dot` pixels wide; other characters are left blank, what does not fit in `width` is left out. */
export function drawLabel(
  { pixels, width: rowWidth }: { readonly pixels: Uint8Array; readonly width: number },
  text: string,
  { left, top, width, dot }: { left: number; top: number; width: number; dot: number },
): void {
  const fitting = text.toUpperCase().slice(0, Math.floor((width / dot + 1) / letterWidth));
  for (const [at, letter] of [...fitting].entries())
    for (const [row, bits] of (letters[letter] ?? []).entries())
      for (let column = 0; column < 3; column++)
        if (bits & (4 >> column)) fillDot(left + (at * letterWidth + column) * dot, top + row * dot);

  function fillDot(x: number, y: number): void {
    for (let row = y; row < y + dot; row++) pixels.fill(0, (row * rowWidth + x) * 3, (row * rowWidth + x + dot) * 3);
  }
}
