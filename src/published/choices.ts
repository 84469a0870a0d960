// What a user may choose for weights of other programs, by name; light, for the command line's help.

/** Programs whose names of tensors are known. */
export const sources = ["torchvision", "timm", "keras", "slim", "caffe"] as const;
export type SourceName = (typeof sources)[number];

/** Programs for which weights can be written. */
export const exportFormats = ["torchvision", "timm", "keras"] as const;
export type ExportFormat = (typeof exportFormats)[number];

/** Forms in which a model can be written: whole, or its weights as another program names them. */
export const modelForms = ["onnx", "inference", "saved-model", "tfjs", ...exportFormats] as const;
export type ModelForm = (typeof modelForms)[number];

/** In how many bits the kernels of a whole model are stored. */
export const storages = ["float32", "float16", "uint8"] as const;
export type Storage = (typeof storages)[number];

/** Where bytes become what the network sees: before a whole model, or in it. */
export const pixelsPlaces = ["outside", "inside"] as const;
export type PixelsPlace = (typeof pixelsPlaces)[number];

/** What a network sees of a byte: [-1, 1], [0, 1], by ImageNet's mean and deviation, or BGR minus the mean. */
export const pixelsNames = ["unit", "zero-one", "imagenet", "caffe"] as const;
export type PixelsName = (typeof pixelsNames)[number];
