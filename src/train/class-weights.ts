// What a picture counts in the training loss by its class.

import { nearest } from "../config/nearest.ts";
import type { Experiment } from "../config/schema.ts";
import { UserError } from "../errors.ts";
import type { Listing } from "../images/sources/listing.ts";

/**
 * By the number of the class; undefined where all count the same. `auto` is pictures / (classes * pictures of the class), over the classes that
 * have some: the "balanced" weights of scikit-learn, by which each class counts as much as any other. Throws UserError("usage") for a class that
 * is not there.
 */
export function classWeights(
  asked: Experiment["train"]["classWeights"],
  { classes, items }: Pick<Listing, "classes" | "items">,
): number[] | undefined {
  if (asked === "none") return undefined;
  if (asked === "auto") {
    const counts = countByClass({ classes, items });
    const present = counts.filter((count) => count > 0).length;
    return counts.map((count) => (count === 0 ? 0 : items.length / (present * count)));
  }
  for (const name of Object.keys(asked))
    if (!classes.includes(name))
      throw new UserError("usage", `train.classWeights: there is no class called ${name}${nearest(name, classes)}`, {
        hint: `the classes are ${classes.slice(0, 20).join(", ")}${classes.length > 20 ? " and more" : ""}`,
      });
  return classes.map((name) => (Object.hasOwn(asked, name) ? asked[name]! : 1));
}

export function countByClass({ classes, items }: Pick<Listing, "classes" | "items">): number[] {
  const counts = classes.map(() => 0);
  for (const { label } of items) counts[label]!++;
  return counts;
}
