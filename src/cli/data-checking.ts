// `inception data check` at work.
import { availableParallelism } from "node:os";
import { counted } from "../counted.ts";
import { UserError } from "../errors.ts";
import { type Decoders, startDecoders } from "../images/batches.ts";
import { groupsOf, nearPairs } from "../images/duplicates.ts";
import { inspect, type Look } from "../images/inspect.ts";
import { holdOut, type Listing, openSource } from "../images/sources/source.ts";
import { imbalanceOf } from "../train/advice.ts";
import { picturesBar } from "./progress.ts";

/** A picture among all that were checked. */
export type Copy = {
  readonly source: string;
  readonly name: string;
  readonly class: string;
  /** Whether it is among the tenth that training holds out of this source where nothing else is said. */
  readonly heldOut: boolean;
};
type Placed = Copy & { readonly look: Look };

/** `listings` are those of the sources, in their order. */
export async function checkSources(paths: readonly string[]) {
  const decoders = startDecoders(availableParallelism());
  const placed: Placed[] = [];
  const sources = [];
  const listings: Listing[] = [];
  try {
    for (const path of paths) {
      const { looks, listing, ...source } = await checkSource(path, decoders);
      listings.push(listing);
      placed.push(...looks);
      sources.push(source);
    }
  } finally {
    await decoders.close();
  }
  const copyOf = ({ look: _, ...copy }: Placed): Copy => copy;
  const same = groupsOf(placed.map(({ look }) => look.sha256)).map((group) => group.map((i) => copyOf(placed[i]!)));
  const near = nearPairs(placed.map(({ look }) => look.print))
    .filter(([a, b]) => placed[a]!.look.sha256 !== placed[b]!.look.sha256)
    .map((pair) => pair.map((i) => copyOf(placed[i]!)));
  return { report: { sources, same, near }, listings };
}
export type DataReport = Awaited<ReturnType<typeof checkSources>>["report"];

async function checkSource(path: string, decoders: Decoders) {
  const listing = await openSource(path, { leastClasses: 1 });
  const bar = picturesBar("check", listing.items.length);
  const { looks, unreadable } = await inspect(listing, decoders, (done) => bar.update(done)).finally(() => bar.stop());
  const counts = new Map(listing.classes.map((name) => [name, 0]));
  for (const { label } of listing.items) counts.set(listing.classes[label]!, counts.get(listing.classes[label]!)! + 1);
  const classes = [...counts].map(([name, pictures]) => ({ name, pictures }));
  const held = heldOutOf(listing);
  return {
    listing,
    source: path,
    pictures: listing.items.length,
    classes,
    unreadable,
    warnings: [...listing.warnings, ...oddSizes(classes)],
    fingerprint: listing.fingerprint,
    looks: looks.map((look) => ({
      source: path,
      name: look.name,
      class: listing.classes[look.label]!,
      heldOut: held.has(look.name),
      look,
    })),
  };
}

/** None where there are too few pictures for it. */
function heldOutOf(listing: Listing): ReadonlySet<string> {
  try {
    return new Set(holdOut(listing, 0.1).validation.items.map(({ name }) => name));
  } catch (error) {
    if (error instanceof UserError) return new Set();
    throw error;
  }
}

function oddSizes(classes: readonly { readonly name: string; readonly pictures: number }[]): string[] {
  const imbalance = imbalanceOf(
    classes.map(({ pictures }) => pictures),
    classes.map(({ name }) => name),
  );
  const alone = classes.filter(({ pictures }) => pictures === 1);
  return [
    ...(imbalance ? [imbalance] : []),
    ...(alone.length > 0
      ? [`${counted(alone.length, "class has", "classes have")} one picture alone, as "${alone[0]!.name}"`]
      : []),
  ];
}
