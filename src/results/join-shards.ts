// Parts of evaluations, put together into what one pass over all pictures gives.
import { UserError } from "../errors.ts";
import { dropBackground } from "../evaluate/background.ts";
import { digestOf, type Gains, type Saved, type SavedModel, type SavedShard } from "../evaluate/saved.ts";

type Part = Saved & { readonly shard: SavedShard };

export interface Joined {
  readonly results: readonly Saved[];
  /** What of the arithmetic differs among the shards of a result, one sentence each. */
  readonly warnings: readonly string[];
}

/**
 * Results as they are, and those of which shards are there put together, each in the place of its first shard. Throws UserError("usage") where
 * pictures are in no shard of a result or in two.
 */
export function joinShards(given: readonly Saved[]): Joined {
  const groups = new Map<string, Part[]>();
  for (const saved of given)
    if (isPart(saved)) groups.set(saved.shard.key, [...(groups.get(saved.shard.key) ?? []), saved]);
  const all = [...groups.values()];
  const warnings: string[] = [];
  const results = given.flatMap((saved) => {
    if (!isPart(saved)) return [saved];
    const parts = groups.get(saved.shard.key)!;
    if (parts[0] !== saved) return [];
    const inOrder = [...parts].sort((a, b) => a.shard.first - b.shard.first);
    requireWhole(inOrder, all);
    const { result, differing } = join(inOrder);
    if (differing.length > 0)
      warnings.push(`the shards of ${modelOf(saved)} were computed with ${differing.join(", ")}`);
    return [result];
  });
  return { results, warnings };
}

const isPart = (saved: Saved): saved is Part => saved.shard !== undefined;

const modelOf = ({ protocol }: Saved): string => `${protocol.models[0]!.path} (step ${protocol.models[0]!.step})`;

function requireWhole(parts: readonly Part[], groups: readonly (readonly Part[])[]): void {
  const { listed } = parts[0]!.shard;
  const count = (number: number): string => (number + 1).toLocaleString("en-US");
  let next = 0;
  for (const [i, part] of [...parts, undefined].entries()) {
    const first = part?.shard.first ?? listed;
    if (first > next)
      throw new UserError(
        "usage",
        `pictures ${count(next)} to ${count(first - 1)} of ${count(listed - 1)} are in no shard of ${modelOf(parts[0]!)}`,
        { hint: hintFor(parts, groups) },
      );
    if (part && first < next)
      throw new UserError("usage", `${parts[i - 1]!.path} and ${part.path} both have picture ${count(first)}`, {
        hint: "give each shard once",
      });
    next = part ? first + part.listed : next;
  }
}

/** Which numbers are missing, and what the shards beside them are of. */
function hintFor(parts: readonly Part[], groups: readonly (readonly Part[])[]): string {
  const { of } = parts[0]!.shard;
  const there = new Set(parts.map(({ shard }) => shard.part));
  const missing = Array.from({ length: of }, (_, i) => i + 1).filter((part) => !there.has(part));
  const others = groups.filter((group) => group[0]!.shard.key !== parts[0]!.shard.key);
  const expected = parts.every(({ shard }) => shard.of === of)
    ? `missing: ${missing.map((part) => `${part}/${of}`).join(", ")}`
    : "the shards must be all of one --shard n/N";
  const told = others.map(([other]) => `${other!.path} is of another result: ${differenceOf(parts[0]!, other!)}`);
  return [expected, ...told].join("; ");
}

/** What keeps two shards from being of one result. */
function differenceOf(a: Part, b: Part): string {
  const [own, other] = [a.protocol.models[0]!, b.protocol.models[0]!];
  const differ = (what: string, before: unknown, after: unknown): string | undefined =>
    before === after ? undefined : `${what} ${after}, not ${before}`;
  return (
    differ("crops", a.protocol.crops, b.protocol.crops) ??
    differ("the average of", a.protocol.average, b.protocol.average) ??
    differ("pictures with fingerprint", a.shard.fingerprint.slice(0, 12), b.shard.fingerprint.slice(0, 12)) ??
    differ("resize", own.resize, other.resize) ??
    differ("precision", own.precision, other.precision) ??
    differ("--batch", a.shard.batch, b.shard.batch) ??
    differ("a background class", a.shard.background, b.shard.background) ??
    (a.shard.weights === b.shard.weights ? "other settings" : `the weights of ${modelOf(b)}`)
  );
}

/** `parts` in the order of their pictures. */
function join(parts: readonly Part[]): { result: Saved; differing: string[] } {
  const { shard, path, gains: _, digests: __, ...first } = parts[0]!;
  const logits = joinRows(parts.map((part) => part.logits));
  const gains = parts.map((part) => part.gains).filter((one): one is Gains => one !== undefined);
  const { arithmetic, differing } = joinArithmetic(parts.map(({ protocol }) => protocol.models[0]!));
  const model = { ...first.protocol.models[0]!, digest: digestOf(logits), ...(arithmetic ? { arithmetic } : {}) };
  const labels = new Int32Array(parts.reduce((sum, part) => sum + part.labels.length, 0));
  let at = 0;
  for (const part of parts) {
    labels.set(part.labels, at);
    at += part.labels.length;
  }
  const whole = {
    ...first,
    names: parts.flatMap(({ names }) => names),
    labels,
    logits,
    ...(gains.length > 0
      ? { gains: { crops: gains[0]!.crops, logits: joinRows(gains.map((one) => one.logits)) } }
      : {}),
    digests: parts.flatMap(({ digests = [] }) => digests),
    fingerprint: shard.fingerprint,
    listed: shard.listed,
    rejected: parts.flatMap(({ rejected }) => rejected),
    protocol: { ...first.protocol, models: [model] },
  };
  return { result: { path, ...(shard.background ? dropBackground(whole) : whole) }, differing };
}

function joinRows(blocks: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(blocks.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const block of blocks) {
    all.set(block, at);
    at += block.length;
  }
  return all;
}

/** With every value where they differ; which these are, but for threads, on which no evaluation depends. */
function joinArithmetic(models: readonly SavedModel[]): Pick<SavedModel, "arithmetic"> & { differing: string[] } {
  const keys = [...new Set(models.flatMap(({ arithmetic = {} }) => Object.keys(arithmetic)))];
  const values = keys.map(
    (key) => [key, [...new Set(models.map(({ arithmetic = {} }) => arithmetic[key] ?? "unknown"))]] as const,
  );
  const differing = values.filter(([key, found]) => found.length > 1 && key !== "threads");
  return {
    ...(keys.length > 0
      ? {
          arithmetic: Object.fromEntries(
            values.map(([key, found]) => [key, found.length > 1 ? found.join(" and ") : found[0]!]),
          ),
        }
      : {}),
    differing: differing.map(([key, found]) => `${key} ${found.join(" and ")}`),
  };
}
