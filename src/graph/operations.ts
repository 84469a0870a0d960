// The TensorFlow operations that programs are made of: one small function each, with the shape it gives.
export * from "./map-operations.ts";
export * from "./tensor-operations.ts";
