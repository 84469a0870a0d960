// What of a picture becomes which pixels: plain geometry.

export interface Size {
  readonly width: number;
  readonly height: number;
}
/** In pixels from the upper left corner. */
export interface Box extends Size {
  readonly left: number;
  readonly top: number;
}
/** RGB bytes. */
export type Color = readonly [number, number, number];
/** RGB bytes, height * width * 3, rows from the top. */
export interface Picture extends Size {
  readonly pixels: Uint8Array;
}

/**
 * The part `source` of a picture is brought to the size `to`, of which `window`, in whole pixels, is computed. The source may begin and end
 * within pixels; none that lies outside of it is looked at.
 */
export interface Extent {
  readonly source: Box;
  readonly to: Size;
  readonly window: Box;
}

/** One side of an extent. */
export interface Side {
  readonly start: number;
  readonly length: number;
  /** The whole pixels, from `low` to below `high`, that the source touches. */
  readonly low: number;
  readonly high: number;
  readonly to: number;
  /** The outputs that are computed. */
  readonly from: number;
  readonly count: number;
}

export const wholeOf = ({ width, height }: Size): Box => ({ left: 0, top: 0, width, height });

export const sidesOf = ({ source, to, window }: Extent, { width, height }: Size): { across: Side; down: Side } => ({
  across: side(source.left, source.width, width, to.width, window.left, window.width),
  down: side(source.top, source.height, height, to.height, window.top, window.height),
});

const side = (start: number, length: number, whole: number, to: number, from: number, count: number): Side => ({
  start,
  length,
  low: Math.max(0, Math.floor(start)),
  high: Math.min(whole, Math.ceil(start + length)),
  to,
  from,
  count,
});
