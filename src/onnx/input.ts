// Pictures' bytes as an ONNX file's input takes them.
import { channelsOf, levelsOf, type Pixels } from "../network/preprocessing.ts";
import type { OnnxMetadata } from "./metadata.ts";

type Described = Pick<OnnxMetadata, "preprocessing" | "pixels">;
type Input = { readonly data: Float32Array | Uint8Array; readonly shape: readonly number[] };

/** From RGB bytes, pictures * size * size * 3. onnxruntime takes no shared memory, so they are copied in any case. */
export function inputOf(images: Uint8Array, { preprocessing, pixels }: Described): Input {
  const { size } = preprocessing;
  const pictures = images.length / (size * size * 3);
  return pixels === "inside"
    ? { data: images.slice(), shape: [pictures, size, size, 3] }
    : { data: asSeen(images, size * size, preprocessing), shape: [pictures, 3, size, size] };
}

/** [pictures, 3, places] of what the network sees. */
function asSeen(images: Uint8Array, places: number, pixels: Pixels): Float32Array {
  const seen = new Float32Array(images.length);
  const [of, levels] = [channelsOf(pixels), levelsOf(pixels)];
  for (let start = 0; start < images.length; start += 3 * places)
    for (const [channel, from] of of.entries())
      for (let place = 0; place < places; place++)
        seen[start + channel * places + place] = levels[channel]![images[start + 3 * place + from]!]!;
  return seen;
}
