// What the papers give with each network and an experiment may leave out.
import type { NetworkName } from "./options.ts";

export type Canonical = {
  /** Side of the square input in pixels. */
  readonly size: number;
  /** What the loss of each auxiliary head counts in the whole. */
  readonly auxiliaryWeight: number;
};

/** The weight of arXiv 1512.00567 is not in the paper: it is that of the authors' released code. */
const rethinking: Canonical = { size: 299, auxiliaryWeight: 0.4 };

export const canonical: Readonly<Record<NetworkName, Canonical>> = {
  // arXiv 1409.4842, section 5.
  googlenet: { size: 224, auxiliaryWeight: 0.3 },
  // It has no auxiliary head to weigh.
  "bn-inception": { size: 224, auxiliaryWeight: 0.4 },
  "inception-v2": rethinking,
  "inception-v3": rethinking,
};
