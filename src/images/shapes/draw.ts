// One picture: a ground with a little clutter, the shape on it with the surface of its class, uneven light, and noise.
import { type Random, random } from "../random.ts";
import { type Outline, outlines } from "./outlines.ts";
import { mix, randomTexture, type Surface, type Texture } from "./texture.ts";

/** Colours as floats in [0, 1], three for each pixel, rows from the top. */
type Canvas = { readonly size: number; readonly values: Float64Array };
/** Where an outline lies on the unit square. */
type Placement = {
  readonly x: number;
  readonly y: number;
  readonly radius: number;
  readonly angle: number;
  readonly aspect: number;
};

/** What each shape is made of. Two are plain, so that the outline counts as well. */
const surfaceOf: Readonly<Record<string, Surface>> = {
  arrow: "broad stripes",
  circle: "large checks",
  crescent: "plain",
  cross: "large spots",
  heart: "broad clouds",
  pentagon: "narrow stripes",
  ring: "small spots",
  square: "small clouds",
  star: "small checks",
  triangle: "plain",
};
const ground: readonly Surface[] = ["plain", "broad clouds"];

/** RGB bytes, size * size * 3. A pure function of its arguments; `index` numbers the pictures of a set. */
export function drawShape(shape: string, size: number, seed: number, index: number): Uint8Array {
  const outline = outlines[shape];
  if (outline === undefined) throw new Error(`no shape is called ${shape}`);
  const chance = random(seed, "shapes", 0, index);
  const canvas: Canvas = { size, values: new Float64Array(size * size * 3) };
  const behind = randomTexture(chance, ground);
  fill(canvas, behind);
  scatter(canvas, chance, 1 + chance.int(3), [0.015, 0.04]);
  paint(canvas, outline, placeShape(chance), randomTexture(chance, [surfaceOf[shape]!], behind));
  return develop(canvas, chance);
}

function placeShape(chance: Random): Placement {
  const radius = chance.uniform(0.34, 0.46);
  const margin = radius * 0.95;
  return {
    x: chance.uniform(margin, 1 - margin),
    y: chance.uniform(margin, 1 - margin),
    radius,
    angle: chance.uniform(0, 2 * Math.PI),
    aspect: Math.exp(chance.uniform(-0.2, 0.2)),
  };
}

/** Bars and blots, too small to be taken for the shape. */
function scatter(canvas: Canvas, chance: Random, count: number, [least, most]: readonly [number, number]): void {
  for (let drawn = 0; drawn < count; drawn += 1) {
    const length = chance.chance(0.5) ? chance.uniform(2, 6) : 0;
    const radius = chance.uniform(least, most);
    const bar: Outline = (x, y) => Math.hypot(x - Math.min(length, Math.max(-length, x)), y) - 1;
    const place = {
      x: chance.uniform(),
      y: chance.uniform(),
      radius,
      angle: chance.uniform(0, 2 * Math.PI),
      aspect: 1,
    };
    paint(canvas, bar, place, randomTexture(chance, ground), (length + 1) * radius);
  }
}

function fill(canvas: Canvas, { first, second, pattern }: Texture): void {
  for (let row = 0; row < canvas.size; row += 1)
    for (let column = 0; column < canvas.size; column += 1) {
      const share = pattern((column + 0.5) / canvas.size, (row + 0.5) / canvas.size);
      canvas.values.set(mix(first, second, share), (row * canvas.size + column) * 3);
    }
}

/** With edges one pixel soft. `reach` bounds the outline's extent from its centre, on the unit square. */
function paint(canvas: Canvas, outline: Outline, place: Placement, texture: Texture, reach = place.radius * 1.5): void {
  const { size, values } = canvas;
  const [cos, sin] = [Math.cos(place.angle) / place.radius, Math.sin(place.angle) / place.radius];
  const [left, right] = span(place.x, reach, size);
  const [top, bottom] = span(place.y, reach, size);
  for (let row = top; row < bottom; row += 1)
    for (let column = left; column < right; column += 1) {
      const [x, y] = [(column + 0.5) / size, (row + 0.5) / size];
      const [dx, dy] = [x - place.x, y - place.y];
      const distance = outline((dx * cos + dy * sin) * place.aspect, (dy * cos - dx * sin) / place.aspect);
      const cover = Math.min(1, Math.max(0, 0.5 - distance * place.radius * size));
      if (cover === 0) continue;
      const color = mix(texture.first, texture.second, texture.pattern(x, y));
      const offset = (row * size + column) * 3;
      for (let channel = 0; channel < 3; channel += 1) {
        values[offset + channel]! += (color[channel]! - values[offset + channel]!) * cover;
      }
    }
}

const span = (centre: number, reach: number, size: number): readonly [number, number] => [
  Math.max(0, Math.floor((centre - reach) * size)),
  Math.min(size, Math.ceil((centre + reach) * size)),
];

/** Levels of noise in a channel: one random number serves the three of a pixel. */
const grains = 2 ** 16;

/** Light that falls off in one direction, tinted, then noise of the camera, to bytes. */
function develop({ size, values }: Canvas, chance: Random): Uint8Array {
  const angle = chance.uniform(0, 2 * Math.PI);
  const [slopeX, slopeY] = [Math.cos(angle), Math.sin(angle)];
  const [exposure, falloff, noise] = [chance.uniform(0.7, 1.1), chance.uniform(0, 0.5), chance.uniform(0.02, 0.1)];
  const tint = [0, 1, 2].map(() => chance.uniform(0.9, 1.1));
  const bytes = new Uint8Array(values.length);
  for (let pixel = 0; pixel < size * size; pixel += 1) {
    const [x, y] = [(pixel % size) / size - 0.5, Math.floor(pixel / size) / size - 0.5];
    const light = exposure * (1 + falloff * (x * slopeX + y * slopeY));
    let grain = chance.int(grains ** 3);
    for (let channel = 0; channel < 3; channel += 1) {
      const offset = pixel * 3 + channel;
      const value = values[offset]! * light * tint[channel]! + noise * ((2 * (grain % grains)) / grains - 1);
      grain = Math.floor(grain / grains);
      bytes[offset] = Math.round(255 * Math.min(1, Math.max(0, value)));
    }
  }
  return bytes;
}
