// What `inception data check` found, in words.
import type { Copy, DataReport } from "./data-checking.ts";
import { formatTable, wrap } from "./print.ts";

export const describe = ({ sources, same, near }: DataReport): string =>
  [
    ...sources.map((source) => describeSource(source, sources.length > 1)),
    ...copies("are there with the same bytes", same, sources.length > 1),
    ...copies("look the same, but for size, format or compression", near, sources.length > 1),
    ...(same.length + near.length === 0 ? ["no picture is there twice"] : []),
  ].join("\n");

function describeSource(
  { source, classes, pictures, unreadable }: DataReport["sources"][number],
  named: boolean,
): string {
  return [
    ...(named ? [source] : []),
    formatTable(["class", "pictures"], [...classes.map((row) => [row.name, row.pictures]), ["all", pictures]]),
    "",
    ...(unreadable.length === 0 ? ["every picture can be read"] : ["cannot be read:"]),
    ...unreadable.map(({ name, reason }) => `  ${name}: ${reason}`),
  ].join("\n");
}

const most = 10;

/** What makes copies harmful, the worst first. */
const harms: readonly (readonly [words: string, is: (group: readonly Copy[]) => boolean])[] = [
  ["of several classes", (group) => new Set(group.map((copy) => copy.class)).size > 1],
  ["of several sources", (group) => new Set(group.map((copy) => copy.source)).size > 1],
  ["on both sides of a held-out tenth", (group) => new Set(group.map((copy) => copy.heldOut)).size > 1],
];

function copies(what: string, groups: readonly (readonly Copy[])[], ofSeveral: boolean): string[] {
  if (groups.length === 0) return [];
  const worst = worstFirst(groups);
  const counted = harms
    .map(([words, is]) => [groups.filter(is).length, words] as const)
    .filter(([count]) => count > 0)
    .map(([count, words]) => `${count} ${words}`);
  const line = (group: readonly Copy[]): string => `  ${group.map((copy) => nameOf(copy, ofSeveral)).join(" = ")}`;
  return [
    ...wrap(`${groups.length} pictures ${what}${counted.length > 0 ? `: ${counted.join(", ")}` : ""}`),
    ...worst.slice(0, most).map(line),
    ...(worst.length > most ? [`  and ${worst.length - most} more (--json has all)`] : []),
  ];
}

export const worstFirst = (groups: readonly (readonly Copy[])[]): (readonly Copy[])[] =>
  [...groups].sort((a, b) => harmOf(a) - harmOf(b));

const harmOf = (group: readonly Copy[]): number => {
  const harm = harms.findIndex(([, is]) => is(group));
  return harm < 0 ? harms.length : harm;
};

const nameOf = ({ source, name, heldOut }: Copy, ofSeveral: boolean): string =>
  `${ofSeveral ? `${source}/` : ""}${name}${heldOut ? " (held out)" : ""}`;
