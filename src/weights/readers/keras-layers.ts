// Weights in Keras' two layouts of an HDF5 file: a group with a list for each layer, or groups of numbered variables.
import type { ForeignTensor } from "../foreign.ts";
import type { Hdf5 } from "./hdf5.ts";
import { refused } from "./refused.ts";
import { type FoundTensors, foundTensors } from "./tensors.ts";

/** `named`: what layers are called, by the path of their group, where the file itself does not say it. */
export function kerasTensors(
  hdf5: Hdf5,
  named: ReadonlyMap<string, string>,
  file: string,
): ReadonlyMap<string, ForeignTensor> {
  const found = foundTensors(file);
  const root = hdf5.isGroup("/model_weights") ? "/model_weights" : "/";
  const layers = listed(hdf5, root, "layer_names");
  if (layers !== undefined) addLayers(hdf5, root, layers, found, file);
  else addNumbered(hdf5, named, found, file);
  if (found.tensors.size === 0) throw refused(file, "it holds no weights of a Keras model");
  return found.tensors;
}

const join = (group: string, name: string): string => (group === "/" ? `/${name}` : `${group}/${name}`);

/** Names in one attribute, or in several numbered ones where they were too long for it. */
function listed(hdf5: Hdf5, group: string, attribute: string): readonly string[] | undefined {
  const whole = hdf5.texts(group, attribute);
  if (whole !== undefined) return whole;
  const parts: string[] = [];
  for (let index = 0; ; index++) {
    const part = hdf5.texts(group, `${attribute}${index}`);
    if (part === undefined) return index === 0 ? undefined : parts;
    parts.push(...part);
  }
}

function addLayers(hdf5: Hdf5, root: string, layers: readonly string[], found: FoundTensors, file: string): void {
  for (const layer of layers) {
    const group = join(root, layer);
    const weights = hdf5.isGroup(group) ? listed(hdf5, group, "weight_names") : undefined;
    if (weights === undefined) throw refused(file, `its layer "${layer}" lacks the list of its weights`);
    for (const weight of weights) {
      const { shape, data } = hdf5.tensor(join(group, weight));
      found.add(weight.startsWith(`${layer}/`) ? weight : `${layer}/${weight}`, shape, data);
    }
  }
}

const deepestGroup = 32;
const mostGroups = 100_000;

/** Groups "vars" with datasets 0, 1, ...; those of the optimizer are no weights of the model. */
function addNumbered(hdf5: Hdf5, named: ReadonlyMap<string, string>, found: FoundTensors, file: string): void {
  let groups = 0;

  /** `owners`: what the models around this group are called. */
  function visit(group: string, owners: readonly string[], depth: number): void {
    if (depth === deepestGroup || ++groups > mostGroups) throw refused(file, "its groups nest deeper than any model's");
    const variables = join(group, "vars");
    const own = (hdf5.isGroup(variables) ? hdf5.texts(variables, "name")?.[0] : undefined) ?? named.get(group);
    const around = own === undefined || group === "/" ? owners : [...owners, own];
    const label = own === undefined || group === "/" ? variables.slice(1) : [...around, "vars"].join("/");
    if (hdf5.isGroup(variables)) addVariables(variables, label);
    for (const path of hdf5.names(group).map((name) => join(group, name))) {
      if (path !== variables && path !== "/optimizer" && hdf5.isGroup(path)) visit(path, around, depth + 1);
    }
  }

  function addVariables(group: string, label: string): void {
    const names = new Set(hdf5.names(group));
    for (let index = 0; index < names.size; index++) {
      if (!names.has(String(index))) throw refused(file, `tensor "${label}/${index}" is missing`);
      const { shape, data } = hdf5.tensor(join(group, String(index)));
      found.add(`${label}/${index}`, shape, data);
    }
  }

  visit("/", [], 0);
}
