// What is known of another program's network: the same function in our vocabulary, its names, its pictures.
import type { WrittenExperiment } from "../../config/schema.ts";
import type { Preprocessing } from "../../network/preprocessing.ts";
import type { SourceName } from "../../published/choices.ts";
import type { Layout } from "../layouts.ts";

/** A network as an experiment file writes it, its classes left to the weights. */
export type Written = NonNullable<WrittenExperiment["network"]>;

/** By our name of a unit, `Mixed_5b/b5x5/1`, the other program's, `Mixed_5b.branch5x5_2`. */
export type Units = Readonly<Record<string, string>>;

/**
 * By the end of our variable's name below its unit, `conv/kernel` or for some units `Conv2d_2a_4x4/conv/kernel` (the
 * longest counts): the other program's name, in which {} is the unit's, and its layout.
 */
export type Parts = Readonly<Record<string, readonly [name: string, layout: Layout]>>;

/** Tensors that may be left over. */
export type Ignorable = { readonly what: string; readonly names: RegExp };

export interface ForeignNetwork {
  readonly source: SourceName;
  /** What that program calls the network. */
  readonly name: string;
  readonly units: Units;
  readonly parts: Parts;
  /** As that program builds it, without auxiliary heads, which `heads` adds. */
  readonly network: Written;
  /** The value of `auxiliary` with that program's heads; undefined where it has none. */
  readonly heads?: "bn" | "both";
  readonly preprocessing: Omit<Preprocessing, "fit" | "jpegReduction">;
  readonly ignored: readonly Ignorable[];
  /** The names above by those in a file, for programs that number or wrap their layers; a name left out stays as it is. */
  readonly canonical?: (names: readonly string[], isMatrix: (name: string) => boolean) => ReadonlyMap<string, string>;
}

/** The units below one of ours, `Mixed_5b`, by those of one of theirs, `Mixed_5b.`. */
export const below = (ours: string, theirs: string, units: Units): Units =>
  Object.fromEntries(Object.entries(units).map(([unit, name]) => [`${ours}/${unit}`, `${theirs}${name}`]));
