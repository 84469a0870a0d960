// A set in WebDataset shards, of which pictures are read in place.
import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { counted } from "../../counted.ts";
import { UserError } from "../../errors.ts";
import { visibleName } from "../../visible.ts";
import { readClassNames } from "./class-names.ts";
import { byCodePoint, type Container, type Found, type Reading } from "./listing.ts";
import { type OddityKind, oddities, readShard, type Sample, type ShardContents } from "./shard.ts";
import { readIndex } from "./shard-index.ts";
import { withTar } from "./tar.ts";

/** A shard as it was opened. `digests`: SHA-256 of each sample's picture, where an index says them; `unused`: why its index is not used. */
type OpenedShard = ShardContents & {
  readonly container: Container;
  readonly digests?: Uint8Array;
  readonly unused?: keyof typeof unusedIndex;
};
const unusedIndex = {
  stale: "changed since it was indexed, so its index is not used",
  damaged: "its index is damaged and not used",
} as const;

/**
 * The pictures of all shards, named by their keys and in the order of these names, so that it makes no difference how a set is cut into shards. Where a
 * key is in several of them, shards stand before all names. Labels that are numbers are lines of a `classes.txt` beside the first shard.
 */
export async function readShards(files: readonly string[]): Promise<Reading> {
  const shards: OpenedShard[] = [];
  for (const file of files) shards.push(await openShard(file));
  if (shards.every(({ samples }) => samples.length === 0))
    throw new UserError("data", `${files[0]}${more(files.length)}: no sample with a picture and a label`, {
      hint: "a sample of a shard is KEY.jpg and KEY.cls (a class, by name or number), or KEY.json with a label",
    });
  const { named, repeated } = nameSamples(shards);
  const { classOf, warnings } = await namedClasses(files[0]!, shards);
  const found = named.map(({ name, shard, at }): Found => {
    const { container, samples } = shards[shard]!;
    const { offset, size, label } = samples[at]!;
    return { name, className: classOf(label), size, source: { container, offset, length: size } };
  });
  return {
    found,
    warnings: [...unusedWarnings(shards), ...repeated, ...warnings, ...oddityWarnings(shards)],
    ...contentOf(named, shards),
  };
}

/** By its index where that is of this very file, else by its headers. */
async function openShard(file: string): Promise<OpenedShard> {
  const info = await stat(file);
  const container = { file, size: info.size, modified: Math.floor(info.mtimeMs) };
  const index = await readIndex(container);
  if (index.state === "valid") return { container, ...index };
  return withTar(file, async (tar) => ({
    container: { file, size: tar.size, modified: tar.modified },
    ...(await readShard(file, tar)),
    ...(index.state === "none" ? {} : { unused: index.state }),
  }));
}

/** A sample by its shard and its place there. */
type Named = { readonly name: string; readonly shard: number; readonly at: number };

function nameSamples(shards: readonly OpenedShard[]): { named: Named[]; repeated: string[] } {
  const short = namesOf(shards, () => "");
  const twice = firstTwice(short);
  if (!twice) return { named: short, repeated: [] };
  const [one, other] = twice.map(({ shard }) => basename(shards[shard]!.container.file));
  const stems = shards.map(({ container }) => basename(container.file).replace(/\.tar$/i, ""));
  const long = namesOf(shards, (shard) => `${stems[shard]}/`);
  const still = firstTwice(long);
  if (still)
    throw new UserError(
      "data",
      `${still.map(({ shard }) => shards[shard]!.container.file).join(" and ")}: both have a sample ${visibleName(still[0]!.name)}`,
      { hint: "shards of one name, in several folders, need keys that differ" },
    );
  return {
    named: long,
    repeated: [`${one} and ${other} both have ${visibleName(twice[0]!.name)}: names begin with their shard`],
  };
}

function namesOf(shards: readonly OpenedShard[], prefix: (shard: number) => string): Named[] {
  const named: Named[] = [];
  for (const [shard, { samples }] of shards.entries())
    for (const [at, { name }] of samples.entries()) named.push({ name: prefix(shard) + name, shard, at });
  return named.sort((a, b) => byCodePoint(a.name, b.name));
}

function firstTwice(sorted: readonly Named[]): [Named, Named] | undefined {
  const at = sorted.findIndex(({ name }, i) => name === sorted[i + 1]?.name);
  return at < 0 ? undefined : [sorted[at]!, sorted[at + 1]!];
}

/** SHA-256 of all names and pictures, where indexes say those of all pictures. */
function contentOf(named: readonly Named[], shards: readonly OpenedShard[]): { content?: string } {
  const digests = shards.map((shard) => shard.digests);
  if (digests.includes(undefined)) return {};
  const hash = createHash("sha256");
  for (const { name, shard, at } of named)
    hash.update(`${name}\0`).update(digests[shard]!.subarray(32 * at, 32 * at + 32));
  return { content: hash.digest("hex") };
}

/** What a label is called: itself, or a line of classes.txt where all labels are numbers. */
async function namedClasses(first: string, shards: readonly OpenedShard[]) {
  const file = join(dirname(first), "classes.txt");
  const own = { classOf: (label: string) => label, warnings: [] as string[] };
  if (!existsSync(file)) return own;
  const isNumber = ({ label }: Sample): boolean => /^\d+$/.test(label);
  const samples = (test: (sample: Sample) => boolean) => shards.some((shard) => shard.samples.some(test));
  if (!samples(isNumber)) return { ...own, warnings: [`${file} is not used: labels are names already`] };
  const names = await readClassNames(file);
  const nameOf = (label: string): string | undefined => (/^\d+$/.test(label) ? names[Number(label)] : undefined);
  for (const { container, samples } of shards) {
    const wrong = samples.find(({ label }) => nameOf(label) === undefined);
    if (wrong)
      throw new UserError(
        "data",
        `${container.file}: ${visibleName(wrong.name)} has the label "${visibleName(wrong.label)}", expected a number from 0 to ${names.length - 1}, a line of ${file}`,
      );
  }
  return { ...own, classOf: (label: string) => nameOf(label)! };
}

function oddityWarnings(shards: readonly OpenedShard[]): string[] {
  return (Object.keys(oddities) as OddityKind[]).flatMap((kind) => {
    const having = shards.flatMap(({ container, oddities: own }) =>
      own.filter((oddity) => oddity.kind === kind).map((oddity) => ({ ...oddity, file: container.file })),
    );
    const count = having.reduce((sum, oddity) => sum + oddity.count, 0);
    const [first] = having;
    const [one, several] = oddities[kind];
    return first
      ? [`${counted(count, one, several)} (the first: ${visibleName(first.first)} in ${basename(first.file)})`]
      : [];
  });
}

const unusedWarnings = (shards: readonly OpenedShard[]): string[] =>
  (Object.keys(unusedIndex) as (keyof typeof unusedIndex)[]).flatMap((why) => {
    const [first, ...others] = shards.filter(({ unused }) => unused === why);
    if (!first) return [];
    return [
      `${basename(first.container.file)}${more(others.length + 1)}: ${unusedIndex[why]} (inception data index makes it anew)`,
    ];
  });

const more = (count: number): string => (count > 1 ? ` and ${count - 1} more` : "");
