// What files that say something of single pictures may call a picture.
import { basename, extname } from "node:path";

/** Its path within the set, its file name, and that without extension. */
export function namesOf(picture: string): readonly [path: string, file: string, stem: string] {
  const base = basename(picture);
  return [picture, base, base.slice(0, base.length - extname(base).length)];
}
