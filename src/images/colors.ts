// The distortions of colors.wat, compiled into colors-module.ts: two pixels at a time, with the same result everywhere.
import { colors } from "./colors-module.ts";
import { extend, type Memory, startModule } from "./web-assembly.ts";

interface Module {
  readonly memory: Memory;
  fromBytes(source: number, at: number, end: number): void;
  toBytes(at: number, end: number, target: number): void;
  addBrightness(at: number, end: number, delta: number): void;
  scaleSaturation(at: number, end: number, factor: number): void;
  turnHue(at: number, end: number, sixths: number): void;
  sum(at: number, end: number): number;
  scaleContrast(at: number, end: number, factor: number, red: number, green: number, blue: number): void;
}

/** Of a picture whose channels are shares, in [0, 1] before it is distorted and when it is bytes again. */
export interface Colors {
  addBrightness(delta: number): void;
  /** HSV saturation times `factor`, at most 1; the largest channel (HSV's value) stays. */
  scaleSaturation(factor: number): void;
  /** HSV hue turned by `delta` of the circle, a third of it at the most; value and range of the channels stay. */
  turnHue(delta: number): void;
  /** Distance from each channel's mean times `factor`. */
  scaleContrast(factor: number): void;
}

/** A distortion may read and write so many bytes behind its pixels. */
const slack = 32;
/** A memory that has grown beyond this is not kept. */
const mostKept = 2 ** 26;

let kept: Module | undefined;

/** Does to RGB bytes, in place, what is done to their colours. */
export function recolor(pixels: Uint8Array, change: (colors: Colors) => void): void {
  const module = kept ?? startModule<Module>(colors);
  const { memory } = module;
  const source = pixels.length * 4 + slack;
  extend(memory, source + pixels.length + slack);
  new Uint8Array(memory.buffer).set(pixels, source);
  const end = pixels.length * 4;
  module.fromBytes(source, 0, end);
  change({
    addBrightness: (delta) => module.addBrightness(0, end, delta),
    scaleSaturation: (factor) => module.scaleSaturation(0, end, factor),
    turnHue: (delta) => module.turnHue(0, end, 6 * delta),
    scaleContrast(factor) {
      const mean = (channel: number) => module.sum(channel * 4, end) / (pixels.length / 3);
      module.scaleContrast(0, end, factor, mean(0), mean(1), mean(2));
    },
  });
  module.toBytes(0, end, source);
  pixels.set(new Uint8Array(memory.buffer, source, pixels.length));
  kept = memory.buffer.byteLength > mostKept ? undefined : module;
}
