// Heat drawn over the picture that it is of: the whole picture, upright, of which the network perhaps saw only a crop.
import type { View } from "../evaluate/view.ts";
import { evaluationPlan, seenBy } from "../images/crop.ts";
import { reductionFor, within } from "../images/jpeg-reduction.ts";
import { openItem } from "../images/prepare.ts";
import { type Box, type Picture, type Size, wholeOf } from "../images/resample/extent.ts";
import { resample } from "../images/resample/resample.ts";
import type { Item } from "../images/sources/listing.ts";
import { type Grid, type Heat, peakOf, valueAt } from "./heat.ts";

/** A picture at the size in which it is shown. */
export interface Shown extends Picture {
  /** What the network's whole input shows, in these pixels; it may reach over the edges. */
  readonly seen: Box;
  /** The same in the picture's own pixels, and its size. */
  readonly original: Size & { readonly seen: Box };
}

/** Longer side in pixels: a small picture is enlarged until its heat can be made out. */
const sides = { least: 320, most: 1024 } as const;

/** `longest`: longer side in pixels, of its own choice where left out. Throws UserError("data") for a picture that cannot be read. */
export async function showPicture(item: Item, { preset, size, choice }: View, longest?: number): Promise<Shown> {
  const picture = await openItem(item);
  const longer = Math.max(picture.width, picture.height);
  const scale = (longest ?? Math.min(sides.most, Math.max(sides.least, longer))) / longer;
  const side = (length: number): number => Math.max(1, Math.round(length * scale));
  const to = { width: side(picture.width), height: side(picture.height) };
  const extent = { source: wholeOf(picture), to, window: wholeOf(to) };
  const decoded = await picture.decode(reductionFor(extent, kernel));
  const pixels = resample(decoded, { ...extent, source: within(extent.source, decoded) }, kernel);
  const seen = seenBy(evaluationPlan(preset, picture.width, picture.height, size, choice), picture, size);
  const [across, down] = [to.width / picture.width, to.height / picture.height];
  return {
    ...to,
    pixels,
    seen: {
      left: seen.left * across,
      top: seen.top * down,
      width: seen.width * across,
      height: seen.height * down,
    },
    original: { width: picture.width, height: picture.height, seen },
  };
}

const kernel = "cubic";

/** A place in the picture's own pixels, and what was measured there. */
export interface Peak {
  readonly x: number;
  readonly y: number;
  readonly value: number;
}

/** Where a class is seen most; null where nothing speaks for it. */
export function peakIn({ map, measured }: Heat, { original }: Shown): Peak | null {
  const { value } = peakOf(measured);
  if (value <= 0) return null;
  const { x, y } = peakOf(map);
  const { left, top, width, height } = original.seen;
  return { x: Math.round(left + x * width), y: Math.round(top + y * height), value };
}

type Color = readonly [number, number, number];

/** What speaks for a class goes from yellow to red, what speaks against it is blue; both are also told apart without colours, by their place on grey. */
const colors = { some: [255, 214, 64], most: [214, 39, 10], against: [30, 110, 240] } as const satisfies Record<
  string,
  Color
>;
/** How much of the picture the strongest heat covers; how dark is what the network has not seen; and how light is black, so that colours show on it. */
const covered = 0.75;
const unseen = 0.3;
const black = 50;

/**
 * RGB bytes in the picture's size. The picture is grey below, so that every colour is heat; the strongest is that of the map's largest
 * value, whether for or against.
 */
export function drawHeat({ pixels, width, height, seen }: Shown, map: Grid): Uint8Array {
  const most = map.values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0);
  const drawn = new Uint8Array(pixels.length);
  for (let y = 0, at = 0; y < height; y++)
    for (let x = 0; x < width; x++, at += 3) {
      const grey = 0.299 * pixels[at]! + 0.587 * pixels[at + 1]! + 0.114 * pixels[at + 2]!;
      const [across, down] = [(x + 0.5 - seen.left) / seen.width, (y + 0.5 - seen.top) / seen.height];
      if (across < 0 || across > 1 || down < 0 || down > 1) drawn.fill(unseen * grey, at, at + 3);
      else drawn.set(heated(mixed(black, 255, grey / 255), most === 0 ? 0 : valueAt(map, across, down) / most), at);
    }
  return drawn;
}

/** Of a share from -1 to 1. */
function heated(grey: number, share: number): Color {
  const strength = Math.abs(share);
  const color = share < 0 ? colors.against : colorFor(strength);
  // Weak heat is faint, but a half is plain to see.
  const over = covered * Math.sqrt(strength) * Math.min(1, 2 * strength);
  return [mixed(grey, color[0], over), mixed(grey, color[1], over), mixed(grey, color[2], over)];
}

const colorFor = (strength: number): Color => {
  const [red, green, blue] = colors.some.map((low, i) => mixed(low, colors.most[i]!, strength));
  return [red!, green!, blue!];
};

const mixed = (a: number, b: number, share: number): number => (1 - share) * a + share * b;
