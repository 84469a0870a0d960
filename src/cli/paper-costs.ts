// The networks that arXiv 1512.00567 compares: what we count beside what its Table 3 prints.
import { cost } from "../interpret/cost.ts";
import { table3 } from "../interpret/paper.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { NetworkName } from "../network/options.ts";
import { readNetwork } from "./network-argument.ts";
import { formatTable } from "./print.ts";

export type PaperCost = {
  readonly network: NetworkName;
  /** What differs from the network's defaults, as `--set` takes it. */
  readonly changes: readonly string[];
  readonly size: number;
  readonly parameters: number;
  readonly multiplyAdds: number;
  /** The row of Table 3, its multiply-adds in billions and its errors in percent. */
  readonly paper: { readonly row: string; readonly billions: number; readonly top1: number; readonly top5?: number };
};

type Subject = Pick<PaperCost, "network" | "changes"> & { readonly row: string };

const subjects: readonly Subject[] = [
  { network: "googlenet", changes: [], row: "GoogLeNet" },
  { network: "googlenet", changes: ["network.stem=conv7x7-separable"], row: "GoogLeNet" },
  { network: "bn-inception", changes: [], row: "BN-Inception" },
  { network: "bn-inception", changes: ["network.stem=conv7x7", "network.poolProj4cd=128"], row: "BN-Inception" },
  { network: "inception-v2", changes: [], row: "Inception-v2" },
  { network: "inception-v3", changes: [], row: "+ BN-auxiliary" },
];

/** Each network for 1000 classes, without its auxiliary heads. */
export const paperCosts = (): Promise<PaperCost[]> =>
  Promise.all(
    subjects.map(async ({ network, changes, row }) => {
      const { options, size } = await readNetwork(network, changes);
      const { parameters, multiplyAdds } = cost(buildNetwork(options, size), {
        height: size,
        width: size,
        channels: 3,
      });
      const { ops, top1, top5 } = table3.find(({ name }) => name === row)!;
      const paper = { row, billions: ops, top1, ...(top5 === undefined ? {} : { top5 }) };
      return { network, changes, size, parameters, multiplyAdds, paper };
    }),
  );

export const describePaperCosts = (networks: readonly PaperCost[]): string =>
  [
    formatTable(
      ["network", "input", "parameters", "multiply-adds", "billion", "paper, billion", "row of Table 3"],
      networks.map(({ network, changes, size, parameters, multiplyAdds, paper }) => [
        [network, ...changes.map((change) => change.replace("network.", ""))].join(" "),
        `${size} px`,
        parameters,
        multiplyAdds,
        (multiplyAdds / 1e9).toFixed(2),
        paper.billions.toFixed(1),
        paper.row,
      ]),
    ),
    "",
    note,
  ].join("\n");

const note = `Counted for 1000 classes without auxiliary heads; the paper's figures (arXiv 1512.00567, Table 3) are printed there
and not counted here. GoogLeNet's 1.5 fits a separable first layer. The filters behind 3.8 and 4.8 were never
published: with those of the released networks, v2 and v3 cost 5.3 and 5.7.`;
