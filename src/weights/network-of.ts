// A network as an experiment file writes it, with every switch filled in.

import type { NetworkOptions } from "../network/options.ts";
import { networkSchema } from "../network/schema.ts";
import type { Written } from "./sources/source.ts";

export const networkOf = (written: Written, classes: number): NetworkOptions => ({
  ...networkSchema.parse(written),
  classes,
});

/** The same with these auxiliary heads, where the network knows any. */
export const withHeads = (written: Written, heads: "off" | "bn" | "both"): Written =>
  written.name === "bn-inception" ? written : ({ ...written, auxiliary: heads } as Written);
