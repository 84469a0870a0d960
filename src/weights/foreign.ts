// What a reader of another program's file gives: tensors under the names and in the layout of that program.

/** float32 numbers; halves, doubles and quantised numbers have been converted. */
export interface ForeignTensor {
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

export const foreignFormats = ["pytorch", "safetensors", "keras", "tfjs", "tensorflow", "caffe"] as const;
export type ForeignFormat = (typeof foreignFormats)[number];

export interface ForeignFile {
  readonly format: ForeignFormat;
  /**
   * By the name in the file: "Mixed_5b.branch1x1.conv.weight", "InceptionV3/Conv2d_1a_3x3/weights", "conv1/7x7_s2/0" for the first
   * blob of Caffe's layer "conv1/7x7_s2", "conv2d/kernel:0" of Keras.
   */
  readonly tensors: ReadonlyMap<string, ForeignTensor>;
}
