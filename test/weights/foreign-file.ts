// A whole file of another program's network, its tensors named as its table says and filled by the formula.

import type { SourceName } from "../../src/published/choices.ts";
import type { ForeignFile, ForeignFormat, ForeignTensor } from "../../src/weights/foreign.ts";
import { entriesOf, variablesIn } from "../../src/weights/names.ts";
import { networkOf, withHeads } from "../../src/weights/network-of.ts";
import { foreignNetworks } from "../../src/weights/sources/all.ts";
import type { ForeignNetwork } from "../../src/weights/sources/source.ts";
import { filled } from "./formula.ts";

const formats: Readonly<Record<SourceName, ForeignFormat>> = {
  torchvision: "pytorch",
  timm: "safetensors",
  keras: "keras",
  slim: "tensorflow",
  caffe: "caffe",
};

export const networkNamed = (source: SourceName, name: string): ForeignNetwork =>
  foreignNetworks.find((one) => one.source === source && one.name === name)!;

const outputsFirst: Readonly<Record<SourceName, boolean>> = {
  torchvision: true,
  timm: true,
  keras: false,
  slim: false,
  caffe: true,
};

/** With that program's auxiliary heads, unless told otherwise. */
export const fileOf = (foreign: ForeignNetwork, classes: number, heads?: boolean): ForeignFile =>
  withTensors(foreign, classes, heads, (name, shape) => filled(name, shape, outputsFirst[foreign.source]));

/** The same without numbers: names and shapes alone. */
export const shapesOf = (foreign: ForeignNetwork, classes: number, heads?: boolean): ForeignFile =>
  withTensors(foreign, classes, heads, (_name, shape) => ({ shape, data: new Float32Array() }));

function withTensors(
  foreign: ForeignNetwork,
  classes: number,
  heads: boolean = foreign.heads !== undefined,
  tensor: (name: string, shape: readonly number[]) => ForeignTensor,
): ForeignFile {
  const options = networkOf(withHeads(foreign.network, heads ? foreign.heads! : "off"), classes);
  const entries = entriesOf(foreign, variablesIn(options, foreign.preprocessing.size));
  return {
    format: formats[foreign.source],
    tensors: new Map(entries.map((entry) => [entry!.theirs, tensor(entry!.theirs, entry!.shape)])),
  };
}
