// What an import says: where each tensor went, how pictures reach the network, and what to do next.
import type { Preprocessing } from "../network/preprocessing.ts";
import type { Imported } from "../weights/import.ts";
import type { Match } from "../weights/match.ts";

/** A line for each tensor that is missing, of another shape, or left over. */
export const listFaults = ({ missing, wrongShape, leftOver }: Match): string[] => [
  ...missing.map(({ theirs, variable }) => `missing      ${theirs} (${variable.name})`),
  ...wrongShape.map(
    ({ name, variable, shape, found }) =>
      `wrong shape  ${name} (${variable.name}): expected [${shape}], got [${found}]`,
  ),
  ...leftOver.map((name) => `left over    ${name}`),
];

export function describeImport(
  file: string,
  { match, sha256, preprocessing, classes }: Imported,
  folder: string,
): string {
  const { foreign, options, matched, missing, wrongShape, ignored, leftOver } = match;
  const numbers = matched.reduce((sum, { tensor }) => sum + tensor.data.length, 0).toLocaleString("en-US");
  const expected = matched.length + missing.length + wrongShape.length;
  const dropped = ignored.map(({ what, names }) => `${names.length} (${what})`);
  const anew = missing.length + wrongShape.length;
  const rows = [
    ["file", `${file}`],
    ["sha256", sha256],
    ["network", `${options.name}: ${foreign.name} of ${foreign.source}`],
    ["tensors", `${matched.length} of ${expected} matched, ${numbers} numbers`],
    ...(dropped.length > 0 ? [["ignored", dropped.join(", ")]] : []),
    ...(anew + leftOver.length > 0 ? [["partial", `${anew} start anew, ${leftOver.length} dropped`]] : []),
    ["classes", `${classes.length}: ${classes.slice(0, 3).join(", ")}${classes.length > 3 ? ", ..." : ""}`],
    ["pictures", describePictures(preprocessing)],
    ["written", folder],
  ];
  const next = [`inception eval ${folder} --data photos`, `inception predict holiday.jpg --model ${folder}`];
  return `${rows.map(([what, value]) => `${what!.padEnd(10)}${value}`).join("\n")}\n\nnext: ${next.join("\n      ")}`;
}

const crops: Readonly<Record<Preprocessing["preset"], string>> = {
  tf: "central 87.5% of each side",
  torchvision: "short side to 8/7 of it, centre",
  timm: "short side to 1/0.875 of it, centre, bicubic",
};

export function describePictures({ size, preset, order, scale, mean, deviation, background }: Preprocessing): string {
  const each = (values: readonly number[]): string => `[${values.map(round).join(", ")}]`;
  const centred = `byte * ${round(scale)} - ${each(mean)}`;
  const seen = deviation.every((value) => value === 1) ? centred : `(${centred}) / ${each(deviation)}`;
  return `${size} px, ${crops[preset]}; ${order}, ${seen}${background ? "; the first class is background" : ""}`;
}

const round = (value: number): number => Number(value.toPrecision(6));
