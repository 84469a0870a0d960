// What Keras' config.json says of layers' names: weights are stored under the layers' classes, counted.
import { z } from "zod";
import { parseJson } from "../../checkpoint/json.ts";
import { refused, refusing } from "./refused.ts";

type Entry = { readonly class_name: string; readonly config: { readonly name?: unknown; readonly layers?: unknown } };

const entrySchema: z.ZodType<Entry> = z.object({
  class_name: z.string(),
  config: z.object({ name: z.unknown().optional(), layers: z.unknown().optional() }),
});
const layersSchema = z.array(entrySchema);

const longestConfig = 2 ** 26;
const deepestModel = 16;

/** The layer's own name by the path of its group: "/layers/conv2d_1" of the second Conv2D that a model lists. */
export function layerNames(bytes: Uint8Array, file: string): ReadonlyMap<string, string> {
  if (bytes.length > longestConfig) throw refused(file, `its config.json is longer than ${longestConfig} bytes`);
  const names = new Map<string, string>();
  const text = new TextDecoder().decode(bytes);
  const model = entrySchema.safeParse(refusing(file, "its config.json is damaged", () => parseJson(text)));
  if (model.success) addLayers(model.data, "", names, 0);
  return names;
}

function addLayers({ config }: Entry, path: string, names: Map<string, string>, depth: number): void {
  const layers = layersSchema.safeParse(config.layers);
  if (!layers.success || depth === deepestModel) return;
  const counts = new Map<string, number>();
  for (const layer of layers.data) {
    const kind = groupName(layer.class_name);
    const count = counts.get(kind) ?? 0;
    counts.set(kind, count + 1);
    const own = `${path}/layers/${count === 0 ? kind : `${kind}_${count}`}`;
    if (typeof layer.config.name === "string") names.set(own, layer.config.name);
    addLayers(layer, own, names, depth + 1);
  }
}

/** BatchNormalization is batch_normalization, Conv2D is conv2d. */
const groupName = (className: string): string =>
  className
    .replace(/\W+/g, "")
    .replace(/(.)([A-Z][a-z]+)/g, "$1_$2")
    .replace(/([a-z])([A-Z])/g, "$1_$2")
    .toLowerCase();
