// TensorFlow.js' models: a model.json, of layers or of a graph, and files of numbers beside it, whole or quantised.
import { dirname, join } from "node:path";
import { z } from "zod";
import { parseJson } from "../../checkpoint/json.ts";
import type { ForeignFile } from "../foreign.ts";
import { type ByteSource, withSource } from "./byte-source.ts";
import { type NumberType, toFloat32, widthOf } from "./numbers.ts";
import { refused, refusing, shown } from "./refused.ts";
import { elementsOf, foundTensors } from "./tensors.ts";

const longestModel = 2 ** 28;
const mostGroupBytes = 2 ** 31;

const linear = z.object({ dtype: z.enum(["uint8", "uint16"]), scale: z.number(), min: z.number() });
const half = z.object({ dtype: z.literal("float16") });
const weightSchema = z.object({
  name: z.string(),
  shape: z.array(z.int().min(0)),
  dtype: z.enum(["float32", "float16", "int32", "uint8", "bool", "string"]),
  quantization: z.union([linear, half]).optional(),
});
const modelSchema = z.object({
  weightsManifest: z.array(z.object({ paths: z.array(z.string()), weights: z.array(weightSchema) })),
});
type Weight = z.output<typeof weightSchema>;

/** Tensors by their names in the manifest. Numbers quantised to eight or sixteen bits become number * scale + min. */
export async function readTfjs(source: ByteSource): Promise<ForeignFile> {
  const { file } = source;
  const found = foundTensors(file);
  for (const { paths, weights } of manifestOf(source)) {
    const bytes = await groupOf(paths, file);
    let at = 0;
    for (const weight of weights) {
      const length = lengthOf(weight, bytes, at, file);
      if (at + length > bytes.length) {
        throw refused(file, `tensor "${shown(weight.name)}" takes ${length} bytes, ${bytes.length - at} are left`);
      }
      const own = bytes.subarray(at, at + length);
      if (weight.dtype !== "string") found.add(weight.name, weight.shape, numbersOf(weight, own));
      at += length;
    }
    if (at !== bytes.length) {
      throw refused(file, `its weights take ${at} bytes, ${bytes.length} are in ${shown(paths.join(", "))}`);
    }
  }
  if (found.tensors.size === 0) throw refused(file, "the model has no weights");
  return { format: "tfjs", tensors: found.tensors };
}

function manifestOf({ file, size, read }: ByteSource): z.output<typeof modelSchema>["weightsManifest"] {
  if (size > longestModel) throw refused(file, `it is a model.json of ${size} bytes, expected at most ${longestModel}`);
  const text = new TextDecoder().decode(read(0, size));
  const model = modelSchema.safeParse(refusing(file, "it is no sound JSON", () => parseJson(text)));
  if (model.success) return model.data.weightsManifest;
  const { path, message } = model.error.issues[0]!;
  throw refused(file, `it is no model.json of TensorFlow.js: ${path.join(".")}: ${shown(message)}`);
}

/** The files of a group, one after another. They lie beside or below the model: a path that leads elsewhere is refused. */
async function groupOf(paths: readonly string[], file: string): Promise<Uint8Array<ArrayBuffer>> {
  const parts: Uint8Array<ArrayBuffer>[] = [];
  let total = 0;
  for (const path of paths) {
    if (/^\/|[:\\\p{Cc}]|(^|\/)\.\.(\/|$)/u.test(path)) {
      throw refused(file, `its weights lie in "${shown(path)}", which is not in its folder`);
    }
    await withSource(join(dirname(file), path), ({ size, read }) => {
      total += size;
      if (total > mostGroupBytes) throw refused(file, `its weights have more than ${mostGroupBytes} bytes`);
      parts.push(read(0, size));
    });
  }
  return parts.length === 1 ? parts[0]! : new Uint8Array(Buffer.concat(parts));
}

const storedType = ({ dtype, quantization }: Weight): NumberType =>
  quantization?.dtype ?? (dtype as Exclude<Weight["dtype"], "string">);

function lengthOf(weight: Weight, bytes: Uint8Array<ArrayBuffer>, at: number, file: string): number {
  const count = elementsOf(file, weight.name, weight.shape);
  if (weight.dtype !== "string") return count * widthOf(storedType(weight));
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let end = at;
  for (let i = 0; i < count; i++) {
    if (end + 4 > bytes.length) throw refused(file, `tensor "${shown(weight.name)}" ends after ${i} of ${count} texts`);
    end += 4 + view.getUint32(end, true);
  }
  return end - at;
}

function numbersOf(weight: Weight, bytes: Uint8Array<ArrayBuffer>): Float32Array {
  // Its own buffer, so that the group's can go.
  const numbers = toFloat32(bytes.slice(), storedType(weight));
  const { quantization } = weight;
  if (quantization === undefined || quantization.dtype === "float16") return numbers;
  const { scale, min } = quantization;
  const round = weight.dtype === "int32" ? Math.round : (value: number) => value;
  return numbers.map((value) => round(value * scale + min));
}
