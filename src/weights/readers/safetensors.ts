// .safetensors files, as the checkpoints' own reader gives them.
import { readWeightsFile } from "../../checkpoint/weights-file.ts";
import type { ForeignFile } from "../foreign.ts";
import { foundTensors } from "./tensors.ts";

export function readSafetensors(file: string): ForeignFile {
  const found = foundTensors(file);
  for (const [name, { shape, data }] of readWeightsFile(file).tensors) {
    found.add(name, shape, data instanceof Float32Array ? data : Float32Array.from(data, Number));
  }
  return { format: "safetensors", tensors: found.tensors };
}
