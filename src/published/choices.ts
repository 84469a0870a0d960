// What a user may choose for weights of other programs, by name; light, for the command line's help.

/** Programs whose names of tensors are known. */
export const sources = ["torchvision", "timm", "keras", "slim", "caffe"] as const;
export type SourceName = (typeof sources)[number];

/** Programs for which weights can be written. */
export const exportFormats = ["torchvision", "timm", "keras"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** What a network sees of a byte: [-1, 1], [0, 1], by ImageNet's mean and deviation, or BGR minus the mean. */
export const pixelsNames = ["unit", "zero-one", "imagenet", "caffe"] as const;
export type PixelsName = (typeof pixelsNames)[number];
