// The pictures that models are evaluated on, with the models' classes.
import { UserError } from "../errors.ts";
import { matchForeground } from "../evaluate/background.ts";
import type { Model } from "../evaluate/model.ts";
import { nameClasses } from "../images/sources/class-names.ts";
import { type Listing, matchClasses, openSource, thinOut } from "../images/sources/source.ts";

export interface PictureChoice {
  /** Instead of the models' own validation pictures. */
  readonly data?: string;
  /** A file with names for the labels of `data`. */
  readonly labels?: string;
  /** At most so many, at even distances. */
  readonly limit?: number;
  /** The models' first class has no pictures; as the models say where left out. */
  readonly backgroundClass?: boolean;
  /** The set may have only some of the models' classes. */
  readonly subset?: boolean;
}

export interface ChosenPictures extends Listing {
  /** The classes of the set, in the models' order, where it has not all of them. */
  readonly subset?: readonly string[];
}

/**
 * The source given, or the validation pictures of the first model, which must be those of every other. Throws UserError("usage") where they are
 * not, ("data") for what cannot be opened.
 */
export async function choosePictures(
  models: readonly Model[],
  { data, labels, limit, backgroundClass, subset = false }: PictureChoice,
  validationOf: (model: Model) => Promise<Listing>,
): Promise<ChosenPictures> {
  if (labels !== undefined && data === undefined)
    throw new UserError("usage", "--labels names the labels of a list given with --data, and there is none");
  const [first, ...others] = models;
  const own = async (model: Model): Promise<Listing> =>
    data === undefined ? validationOf(model) : openNamed(data, labels);
  const match = backgroundClass ? matchForeground : matchClasses;
  const found = await own(first!);
  const listing = match(found, first!.classes, { subset, hint: "; --subset takes a set with only some of them" });
  for (const other of data === undefined ? others : [])
    if ((await own(other)).fingerprint !== listing.fingerprint)
      throw new UserError("usage", `${other.path} was validated on other pictures than ${first!.path}`, {
        hint: "say with --data which pictures to evaluate all of them on",
      });
  const chosen = limit === undefined ? listing : thinOut(listing, limit);
  const among = listing.classes.filter((name) => found.classes.includes(name));
  return found.classes.length < listing.classes.length - (backgroundClass ? 1 : 0)
    ? { ...chosen, subset: among }
    : chosen;
}

async function openNamed(data: string, labels?: string): Promise<Listing> {
  const listing = await openSource(data, { leastClasses: 1 });
  return labels === undefined ? listing : nameClasses(listing, labels);
}
