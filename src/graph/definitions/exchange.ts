// What processes do together.

import type { Exchange } from "../operation-names.ts";
import { type Definitions, likeFirst } from "./definition.ts";

export const exchange: Definitions<Exchange> = {
  CollectiveReduce: { outputs: likeFirst, gradient: "refused" },
};
