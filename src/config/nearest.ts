// What was probably meant by a word that is none of a few.
import { closest, distance } from "fastest-levenshtein";

/** "; did you mean x?" where one of `words` is near enough to be a slip of the finger; `show` gives x. */
export function nearest(word: string, words: readonly string[], show = (match: string): string => match): string {
  if (words.length === 0) return "";
  const match = closest(word, words);
  const slips = distance(word, match);
  const near = slips <= Math.max(2, Math.floor(match.length / 3)) && 2 * slips <= match.length;
  return near && match !== word ? `; did you mean ${show(match)}?` : "";
}

/** What is said of a word, under the name of what it was given for, that is none of `words`. */
export const noneOf = (name: string, word: string, words: readonly string[]): string =>
  `${name}: expected one of ${words.join(", ")}, got ${JSON.stringify(word)}${nearest(word, words)}`;
