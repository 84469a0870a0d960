// What is known of the network that published weights belong to.
import type { Preprocessing } from "../network/preprocessing.ts";
import type { Published } from "../published/weights.ts";
import { importedPictures } from "./pixels.ts";
import { foreignNetworks } from "./sources/all.ts";
import type { ForeignNetwork } from "./sources/source.ts";

export function foreignOf({ name, source, theirs }: Pick<Published, "name" | "source" | "theirs">): ForeignNetwork {
  const found = foreignNetworks.find((one) => one.source === source && one.name === theirs);
  if (found === undefined) throw new Error(`${name}: no ${theirs} of ${source} is known`);
  return found;
}

/** How pictures reach it, as an import stores it. */
export const picturesOf = (entry: Published): Preprocessing => importedPictures(foreignOf(entry), entry.pixels);
