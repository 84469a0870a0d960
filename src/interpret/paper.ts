// What arXiv 1512.00567 prints about a network, to set beside what we count. Never used in a computation.
import { canonical } from "../network/canonical.ts";
import type { InceptionV3Options, NetworkOptions } from "../network/options.ts";
import { isReleased } from "../network/switches.ts";

export type PaperFigure = { readonly what: string; readonly value: string; readonly source: string };

type Row = { readonly name: string; readonly top1: number; readonly top5: number | undefined; readonly ops: number };

/** Table 3, single crop: errors in percent, cost in billions of multiply-adds; each row adds to the ones above. */
export const table3: readonly Row[] = [
  { name: "GoogLeNet", top1: 29, top5: 9.2, ops: 1.5 },
  { name: "BN-GoogLeNet", top1: 26.8, top5: undefined, ops: 1.5 },
  { name: "BN-Inception", top1: 25.2, top5: 7.8, ops: 2.0 },
  { name: "Inception-v2", top1: 23.4, top5: undefined, ops: 3.8 },
  { name: "+ RMSProp", top1: 23.1, top5: 6.3, ops: 3.8 },
  { name: "+ Label Smoothing", top1: 22.8, top5: 6.1, ops: 3.8 },
  { name: "+ Factorized 7x7", top1: 21.6, top5: 5.8, ops: 4.8 },
  { name: "+ BN-auxiliary", top1: 21.2, top5: 5.6, ops: 4.8 },
];

/** Table 2: the same cost at three input sizes; top-1 accuracy in percent, single frame. */
export const table2 = [
  { size: 79, stemStride: 1, stemPool: false, top1: 75.2 },
  { size: 151, stemStride: 1, stemPool: true, top1: 76.4 },
  { size: 299, stemStride: 2, stemPool: true, top1: 76.6 },
] as const;

/** The paper's figures for exactly this network at this input size; empty where it says nothing. */
export function paperFigures(options: NetworkOptions, size: number): PaperFigure[] {
  if (options.width !== 1 || options.classes !== 1000) return [];
  if (isRethinking(options) && !isReleased(options)) return [];
  return [...accuracyBySize(options, size), ...rowsOfTable3(options, size), ...abstract(options, size)];
}

function accuracyBySize(options: NetworkOptions, size: number): PaperFigure[] {
  if (!isRethinking(options) || options.stem === "table1") return [];
  const same = table2.filter(
    (row) => row.size === size && row.stemStride === options.stemStride && row.stemPool === options.stemPool,
  );
  return same.map(({ top1 }) => ({ what: "top-1 accuracy at this input", value: `${top1}%`, source: "Table 2" }));
}

function rowsOfTable3(options: NetworkOptions, size: number): PaperFigure[] {
  if (!isFullSize(options, size)) return [];
  return table3
    .filter(({ name }) => networkOfRow[name]?.(options))
    .map(({ name, top1, top5, ops }) => ({
      what: "multiply-adds; top-1 / top-5 error",
      value: `${ops.toFixed(1)} billion; ${top1}% / ${top5 === undefined ? "-" : `${top5}%`}`,
      source: `Table 3, ${name}`,
    }));
}

const isRethinking = (options: NetworkOptions): options is InceptionV3Options =>
  options.name === "inception-v2" || options.name === "inception-v3";
const withParts =
  (stem: InceptionV3Options["stem"], auxiliary: InceptionV3Options["auxiliary"]) =>
  (options: NetworkOptions): boolean =>
    isRethinking(options) && options.stem === stem && options.auxiliary === auxiliary;
const isBase = withParts("conv7x7", "conv-norm");
const networkOfRow: Readonly<Record<string, (options: NetworkOptions) => boolean>> = {
  GoogLeNet: ({ name }) => name === "googlenet",
  "BN-Inception": ({ name }) => name === "bn-inception",
  "Inception-v2": isBase,
  "+ RMSProp": isBase,
  "+ Label Smoothing": isBase,
  "+ Factorized 7x7": withParts("conv3x3x3", "conv-norm"),
  "+ BN-auxiliary": withParts("conv3x3x3", "bn"),
};

const abstract = (options: NetworkOptions, size: number): PaperFigure[] =>
  options.name === "inception-v3" && isFullSize(options, size)
    ? [
        { what: "parameters", value: "under 25 million", source: "abstract" },
        { what: "multiply-adds", value: "5 billion", source: "abstract" },
      ]
    : [];

const isFullSize = ({ name, stemStride, stemPool }: NetworkOptions, size: number): boolean =>
  size === canonical[name].size && stemStride === 2 && stemPool;
