// Whose network a file is, by the names in it.
import { UserError } from "../errors.ts";
import type { NetworkName } from "../network/options.ts";
import type { SourceName } from "../published/choices.ts";
import type { ForeignFile } from "./foreign.ts";
import { type Match, matchNetwork } from "./match.ts";
import { foreignNetworks } from "./sources/all.ts";
import type { ForeignNetwork } from "./sources/source.ts";

export interface Chosen {
  readonly source?: SourceName;
  readonly network?: NetworkName;
  /** Side of the input; the network's own where left out. */
  readonly size?: number;
}

/**
 * The network of which the file has most tensors, among those of `source` and `network` where they are given. Throws
 * UserError("foreignWeights") where it has hardly one of any.
 */
export function detect(path: string, file: ForeignFile, { source, network, size }: Chosen): Match {
  const candidates = foreignNetworks.filter(
    (one) => (source ?? one.source) === one.source && (network ?? one.network.name) === one.network.name,
  );
  if (candidates.length === 0)
    throw new UserError("usage", `no ${network} of ${source ?? "any program"} is known`, {
      hint: `known: ${listed(foreignNetworks)}`,
    });
  const matches = candidates.map((one) => matchNetwork(one, file, size ?? one.preprocessing.size));
  const best = matches.reduce((best, match) => (share(match) > share(best) ? match : best));
  if (share(best) < leastShare) throw unknown(path, file, candidates);
  return best;
}

/** A file with fewer of a network's tensors is not that network's. */
const leastShare = 0.1;

/** Tensors that both have, of all that either has. */
function share({ foreign, options, matched, missing, wrongShape, leftOver }: Match): number {
  const heads = "auxiliary" in options && options.auxiliary !== "off" ? "heads" : "noHeads";
  const whole = matched.length + missing.length + wrongShape.length + leftOver.length;
  return (matched.length / whole) * (likelihood[heads][foreign.source] ?? 1);
}

/** torchvision and timm share their names, but timm builds its network without heads. */
const likelihood: Readonly<Record<"heads" | "noHeads", Partial<Record<SourceName, number>>>> = {
  heads: { timm: 0.99 },
  noHeads: { torchvision: 0.99 },
};

function unknown(path: string, { format, tensors }: ForeignFile, candidates: readonly ForeignNetwork[]): UserError {
  const few = [...tensors.keys()].slice(0, 3).map((name) => `"${name}"`);
  return new UserError(
    "foreignWeights",
    `${path}: the names of its ${tensors.size} tensors (${format}: ${few.join(", ")}, ...) are those of no network that is known`,
    { hint: `known: ${listed(candidates)}` },
  );
}

const listed = (networks: readonly ForeignNetwork[]): string =>
  networks.map(({ source, name }) => `${source} ${name}`).join(", ");
