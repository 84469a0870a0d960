// Names for classes that a list file gives as numbers.
import { UserError } from "../../errors.ts";
import { readText } from "../../text-file.ts";
import { visibleName } from "../../visible.ts";
import type { Listing } from "./listing.ts";

/**
 * The listing with label k named by line k of `file`, counted from 0. Throws UserError("data") for a label that is no whole number or has no
 * line, and for a file that names two classes alike.
 */
export async function nameClasses(listing: Listing, file: string): Promise<Listing> {
  const names = await readClassNames(file);
  const classes = listing.classes.map((label, index) => {
    const name = /^\d+$/.test(label) ? names[Number(label)] : undefined;
    if (name !== undefined) return name;
    const picture = listing.items.find((item) => item.label === index)!.name;
    throw new UserError(
      "data",
      `${listing.path}: ${visibleName(picture)} has the label "${visibleName(label)}", expected a number from 0 to ${names.length - 1}, a line of ${file}`,
      { hint: "leave --labels out where the list names its classes itself" },
    );
  });
  return { ...listing, classes };
}

/** The names on the lines of a file. Throws UserError("data") for an empty line, and for two lines that are alike. */
export async function readClassNames(file: string): Promise<string[]> {
  const names = readText(file)
    .trimEnd()
    .split(/\r?\n/)
    .map((line) => line.trim());
  const seen = new Map<string, number>();
  for (const [line, name] of names.entries()) {
    if (name === "") throw new UserError("data", `${file}:${line + 1}: expected the name of a class, got nothing`);
    const before = seen.get(name);
    if (before !== undefined)
      throw new UserError("data", `${file}:${line + 1}: "${visibleName(name)}" is the name of label ${before} already`);
    seen.set(name, line);
  }
  return names;
}
