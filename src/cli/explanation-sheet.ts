// A picture and all that was found in it on one sheet: a row for each method, the picture first, then a class in each place.
import type { ExplainedClass } from "../explain/explain.ts";
import { type Heat, peakOf } from "../explain/heat.ts";
import type { MethodName } from "../explain/method.ts";
import { drawHeat, type Shown } from "../explain/overlay.ts";
import { contactSheet } from "../images/contact-sheet.ts";
import { encodePng } from "../images/decode.ts";
import { wrap } from "./print.ts";

/** Width of a place in pixels, and the longer side of the picture in it. */
export const sheetSide = 320;
/** As many letters as a line below a place holds. */
const letters = 16;

export type Column = Pick<ExplainedClass, "probability" | "heats"> & {
  readonly name: string;
  /** Whether the picture is known to be of it. */
  readonly isTrue: boolean;
};

/** The PNG file. */
export function drawSheet(
  shown: Shown,
  classes: readonly Column[],
  methods: readonly MethodName[],
): Promise<Uint8Array> {
  const places = methods.flatMap((method) => [
    { pixels: shown.pixels, lines: [method, ...legends[method]] },
    ...classes.map(({ name, probability, isTrue, heats }) => ({
      pixels: drawHeat(shown, heats[method]!.map),
      lines: [
        ...wrap(name.slice(0, 3 * letters), letters),
        `${(100 * probability).toFixed(1)}%${isTrue ? " true" : ""}`,
        ...strengths[method](heats[method]!),
      ],
    })),
  ]);
  const bytes = sheetSide * shown.height * 3;
  const images = new Uint8Array(places.length * bytes).fill(255);
  for (const [i, { pixels }] of places.entries())
    place(images.subarray(i * bytes, (i + 1) * bytes), { ...shown, pixels });
  const labels = places.map(({ lines }) => lines.join("\n"));
  const sheet = contactSheet(
    images,
    places.length,
    { width: sheetSide, height: shown.height },
    1 + classes.length,
    labels,
  );
  return encodePng(sheet.pixels, sheet.width, sheet.height);
}

const legends: Readonly<Record<MethodName, readonly string[]>> = {
  "grad-cam": ["red - for it"],
  occlusion: ["red - for it", "blue - against"],
};

/** Colours say where; how much that is, only a drop of the probability can say. */
const strengths: Readonly<Record<MethodName, (heat: Heat) => readonly string[]>> = {
  "grad-cam": () => [],
  occlusion({ measured }) {
    const { value } = peakOf(measured);
    return value > 0 ? [lostPoints(value)] : [];
  },
};

/** What a patch takes from a probability at the most. */
export const lostPoints = (drop: number): string =>
  drop < 0.0005 ? "under 0.1 points" : `-${(100 * drop).toFixed(1)} points`;

/** In the middle of a place, which is as high. */
function place(room: Uint8Array, { pixels, width, height }: Pick<Shown, "pixels" | "width" | "height">): void {
  const left = Math.floor((sheetSide - width) / 2);
  for (let row = 0; row < height; row++)
    room.set(pixels.subarray(3 * row * width, 3 * (row + 1) * width), 3 * (row * sheetSide + left));
}
