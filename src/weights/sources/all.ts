// Every network of another program that is known, in the order in which they are tried.
import { googLeNets } from "./googlenet.ts";
import { kerasV3 } from "./keras.ts";
import { slimNetworks } from "./slim.ts";
import type { ForeignNetwork } from "./source.ts";
import { torchV3 } from "./torch-v3.ts";

export const foreignNetworks: readonly ForeignNetwork[] = [...torchV3, ...googLeNets, kerasV3, ...slimNetworks];
