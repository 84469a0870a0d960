// What an accuracy is to be held against, in words.
import type { Guessing } from "../statistics/guessing.ts";

export const guessingWords = ({ chance, majority: { name, share } }: Guessing): string =>
  `${percent(chance)} by chance, ${percent(share)} by always naming "${name}"`;

const percent = (share: number): string => `${(100 * share).toFixed(2)}%`;
