// Published weights in words: the table of all, one in full, and what has come of getting it.
import { nearest } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import { type Published, published, publishedNamed, publishedWords } from "../published/weights.ts";
import { foreignOf, picturesOf } from "../weights/foreign-of.ts";
import { addressOf, checkpointOf, type Got, hashWords, placeOf } from "../weights/get.ts";
import { describePictures } from "./import-report.ts";
import { formatTable } from "./print.ts";

/** Throws UserError("usage") for a name that means none. */
export function chosen(name: string): Published {
  const entry = publishedNamed(name);
  if (entry !== undefined) return entry;
  throw new UserError("usage", `no weights of the name ${name} are known${nearest(name, publishedWords())}`, {
    hint: `known: ${published.map(({ name }) => name).join(", ")}`,
  });
}

export const listPublished = (entries: readonly Published[]): string =>
  [
    formatTable(["name", "px", "MB", "top-1", "top-5", "licence", "hash", "here"], entries.map(row)),
    "",
    "top-1 and top-5 as they are published; here: imported already, for train --from.",
    "All of one: inception weights show NAME. To have it: inception weights get NAME",
  ].join("\n");

const row = (entry: Published): string[] => {
  const { name, size, accuracy, licence, hash } = entry;
  return [
    name,
    String(picturesOf(entry).size),
    size === "unknown" ? "?" : ("bytes" in size ? size.bytes / 1e6 : size.megabytes).toFixed(0),
    ...(accuracy === "no classifier" ? ["-", "-"] : [accuracy.top1.toFixed(1), accuracy.top5.toFixed(1)]),
    licence,
    hash === "unknown" ? "unknown" : hash.algorithm,
    checkpointOf(entry) === undefined ? "" : "yes",
  ];
};

export function describePublished(entry: Published): string {
  const { name, aliases, source, theirs, size, hash, licence, accuracy } = entry;
  return rows([
    ["name", name],
    ["also", aliases.join(", ") || "-"],
    ["network", `${foreignOf(entry).network.name}: ${theirs} of ${source}`],
    ["pictures", describePictures(picturesOf(entry))],
    ["accuracy", accuracyWords(accuracy)],
    ["licence", licence],
    ["address", addressOf(entry)],
    ["size", size === "unknown" ? "unknown" : "bytes" in size ? `${size.bytes} bytes` : `${size.megabytes} MB`],
    ["hash", hash === "unknown" ? "unknown" : `${hash.algorithm} ${hashWords(hash)}`],
    ["by hand", placeOf(entry)],
    ["here", checkpointOf(entry) ?? "not yet"],
  ]);
}

const accuracyWords = (accuracy: Published["accuracy"]): string =>
  accuracy === "no classifier" ? accuracy : `${accuracy.top1}% top-1, ${accuracy.top5}% top-5 (${accuracy.by})`;

export function describeGot(entry: Published, { folder, imported }: Got): string {
  const { name, hash, headless = false } = entry;
  const next = [
    `inception train photos --from ${name}`,
    ...(headless ? [] : [`inception eval ${name} --data photos`, `inception predict holiday.jpg --model ${name}`]),
  ];
  const said: [string, string][] =
    imported === undefined
      ? [["here", `${folder}, already`]]
      : [
          ["sha256", imported.sha256],
          [
            "checked",
            hash === "unknown"
              ? "no: no hash of this file is published that is known here"
              : `${hash.algorithm} is ${hashWords(hash)}, as published`,
          ],
          ["tensors", `${imported.match.matched.length} matched`],
          ["written", folder],
        ];
  return `${rows(said)}\n\nnext: ${next.join("\n      ")}`;
}

const rows = (said: readonly (readonly [string, string])[]): string =>
  said.map(([what, value]) => `${what.padEnd(10)}${value}`).join("\n");
