// A WebDataset shard: a plain tar file whose entries `key.jpg` and `key.cls` (or `key.json`) are a sample.
import { UserError } from "../../errors.ts";
import { visibleName } from "../../visible.ts";
import { isHidden, safeName } from "./entry-name.ts";
import { isPictureName } from "./listing.ts";
import { type OpenedTar, type TarEntry, withTar } from "./tar.ts";

export interface Sample {
  /** Its key with the ending of its picture. */
  readonly name: string;
  /** Of the picture's bytes in the shard. */
  readonly offset: number;
  readonly size: number;
  /** As it stands there: a name, or digits. */
  readonly label: string;
}
/** What one of a kind is called, and what several are. */
export const oddities = {
  special: ["link, device or other special entry, left out", "links, devices or other special entries, left out"],
  unsafe: ["name that leads out of the archive, left out", "names that lead out of the archive, left out"],
  oversized: ["picture larger than 64 MiB, left out", "pictures larger than 64 MiB, left out"],
  unlabelled: [
    "picture without a .cls or a label in a .json, left out",
    "pictures without a .cls or a label in a .json, left out",
  ],
  pictureless: [
    "label without a JPEG, PNG or WebP picture, left out",
    "labels without a JPEG, PNG or WebP picture, left out",
  ],
} as const;
export type OddityKind = keyof typeof oddities;
/** How many of a kind a shard has, and the first. */
export type Oddity = { readonly kind: OddityKind; readonly count: number; readonly first: string };
export interface ShardContents {
  /** In the order of the pictures in the file. */
  readonly samples: readonly Sample[];
  readonly oddities: readonly Oddity[];
}

const largestPicture = 64 * 2 ** 20;
/** Of a .cls and a .json, in bytes. */
const largest = { cls: 2 ** 12, json: 2 ** 20 } as const;

/** A sample as far as it has been met. */
type Parts = { picture?: TarEntry | "oversized"; name?: string; cls?: string; json?: string | null };

/**
 * The samples of a shard, wherever in it their parts lie. Throws UserError("data") naming shard and key for a part that is there twice, a label that
 * is none, and a file that is damaged or cut off.
 */
export async function readShard(path: string, tar: OpenedTar): Promise<ShardContents> {
  const samples = new Map<string, Parts>();
  const odd = new Map<OddityKind, Oddity>();
  const count = (kind: OddityKind, first: string): void => {
    const before = odd.get(kind);
    odd.set(kind, { kind, first: before?.first ?? first, count: (before?.count ?? 0) + 1 });
  };
  for await (const entry of tar.entries()) {
    if (entry.kind === "folder") continue;
    const name = safeName(entry.name);
    if (entry.kind === "special") count("special", entry.name);
    else if (name === undefined) count("unsafe", entry.name);
    else if (!isHidden(name)) await takePart(path, tar, entry, name, samples);
  }
  const whole: Sample[] = [];
  for (const [key, { picture, name, cls, json }] of samples) {
    const label = cls ?? json ?? undefined;
    if (picture === "oversized") count("oversized", key);
    else if (picture && name !== undefined && label !== undefined)
      whole.push({ name, offset: picture.offset, size: picture.size, label });
    else if (picture) count("unlabelled", key);
    else if (label !== undefined) count("pictureless", key);
  }
  return { samples: whole.sort((a, b) => a.offset - b.offset), oddities: [...odd.values()] };
}

/** Whether a tar file is a shard and not an archive of class folders: it has a .cls, or pictures in no folder with a .json beside them. */
export const isShard = (path: string): Promise<boolean> =>
  withTar(path, async (tar) => {
    const parts = new Map<string, Set<string>>();
    for await (const { name } of tar.entries()) {
      const [key, ending] = splitName(name) ?? ["/", ""];
      if (ending === "cls") return true;
      if (key.includes("/")) continue;
      const own = parts.get(key) ?? new Set();
      parts.set(key, own.add(ending === "json" ? "json" : isPictureName(`.${ending}`) ? "picture" : "other"));
    }
    return [...parts.values()].some((own) => own.has("json") && own.has("picture"));
  });

/** `a/b.seg.png` as `a/b` and `seg.png`, in small letters; undefined for a name without an ending. */
function splitName(name: string): [key: string, ending: string] | undefined {
  const [, key, ending] = /^((?:.*\/)?[^/.]+)\.([^/]+)$/.exec(name) ?? [];
  return key === undefined || ending === undefined ? undefined : [key, ending.toLowerCase()];
}

async function takePart(
  path: string,
  tar: OpenedTar,
  entry: TarEntry,
  name: string,
  samples: Map<string, Parts>,
): Promise<void> {
  const [key, part] = splitName(name) ?? [];
  if (key === undefined || part === undefined) return;
  const fail = (what: string): never => {
    throw new UserError("data", `${path}: ${visibleName(key)} ${what}`);
  };
  const textOf = async (part: keyof typeof largest): Promise<string> => {
    if (entry.size > largest[part]) fail(`has a .${part} of ${entry.size} bytes, expected at most ${largest[part]}`);
    return decodeText(await tar.read(entry.offset, entry.size)) ?? fail(`has a .${part} that is no text in UTF-8`);
  };
  const parts = samples.get(key) ?? {};
  samples.set(key, parts);
  if (part === "cls") {
    if (parts.cls !== undefined) fail("has two labels (.cls)");
    parts.cls =
      labelOf(await textOf("cls")) ?? fail("has a .cls that is no class: expected its name or number on a line");
  } else if (part === "json") {
    if (parts.json !== undefined) fail("has two .json files");
    parts.json = labelInJson(await textOf("json"), fail);
  } else if (isPictureName(`.${part}`) && !part.includes(".")) {
    if (parts.picture) fail(`has two pictures, as ${visibleName(name)}`);
    Object.assign(parts, { picture: entry.size > largestPicture ? "oversized" : entry, name });
  }
}

function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

/** One line that is not empty. */
function labelOf(text: string): string | undefined {
  const label = text.trim();
  return label === "" || /[\r\n\0]/.test(label) ? undefined : label;
}

/** The `label` of an object, or its `class`: a name or a whole number. Null where it has neither. */
function labelInJson(text: string, fail: (what: string) => never): string | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return fail("has a .json that is none");
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) return null;
  const own = (key: string): unknown =>
    Object.hasOwn(value, key) ? (value as Record<string, unknown>)[key] : undefined;
  const said = own("label") ?? own("class");
  if (said === undefined) return null;
  const label = Number.isSafeInteger(said) && (said as number) >= 0 ? String(said) : said;
  return (
    (typeof label === "string" ? labelOf(label) : undefined) ??
    fail(
      `has the label ${visibleName(JSON.stringify(said).slice(0, 60))} in its .json, expected a name or a whole number`,
    )
  );
}
