// Whether pictures are still what they were, beyond their names and sizes.
import { createHash } from "node:crypto";
import { writtenSince } from "../images/sources/source.ts";
import type { Attempt } from "../run/info.ts";
import { visibleName } from "../visible.ts";
import type { Sets } from "./training.ts";

/** Of the bytes of all pictures, where the sources of both sets know them. */
export const contentOf = ({ train, validation }: Sets): string | undefined =>
  train.content === undefined || validation.content === undefined
    ? undefined
    : createHash("sha256").update(`${train.content} ${validation.content}`).digest("hex");

/**
 * A sentence about pictures whose files were written after the run began: edited, or copied without their times. Undefined where there are none, and
 * where the run's record says their bytes, which are still the same.
 */
export function rewrittenPictures(
  { train, validation }: Sets,
  { start, dataContent }: Pick<Attempt, "start" | "dataContent">,
  content: string | undefined,
): string | undefined {
  if (content !== undefined && content === dataContent) return undefined;
  const names = [train, validation].flatMap((set) => writtenSince(set, Date.parse(start)));
  const [first] = names;
  if (first === undefined) return undefined;
  const all = train.items.length + validation.items.length;
  const [count, them] = names.length === all ? [`all ${all}`, "they"] : [`${names.length} of ${all}`, "these"];
  return `${count} pictures were written after the run began, as ${visibleName(first)}: if ${them} were edited, and not merely copied, it goes on with other pictures than it began with`;
}
