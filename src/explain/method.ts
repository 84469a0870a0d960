// A way to find out where a network looks.
import type { Heat } from "./heat.ts";

export const methods = ["grad-cam", "occlusion"] as const;
export type MethodName = (typeof methods)[number];

export interface Method {
  /** Looks at one picture: RGB bytes, size * size * 3, best on a SharedArrayBuffer. */
  look(picture: Uint8Array): Promise<Look>;
  close(): Promise<void>;
}

export interface Look {
  /** Of the picture as it is. */
  readonly logits: Float32Array;
  /** One for each of these classes, of which there are as many at most as were said at the start. */
  heats(classes: readonly number[]): Promise<Heat[]>;
}
