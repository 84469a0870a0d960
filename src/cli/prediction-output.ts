// What `inception predict` prints, picture after picture or at the end, and the folders into which it sorts.
import { toCsv } from "../report/csv.ts";
import { type PictureRows, pictureTable } from "./picture-table.ts";
import { print, printJsonLine } from "./print.ts";

export type Named = {
  readonly image: string;
  readonly top: readonly { readonly class: string; readonly probability: number }[];
  /** Whether the first class reaches the threshold; left out where there is none. */
  readonly accepted?: boolean;
};

export interface Output {
  add(named: readonly Named[]): void;
  end(): void;
}

export const formats = ["table", "csv", "jsonl"] as const;
export type Format = (typeof formats)[number];

const outputs: Readonly<Record<Format, () => Output>> = {
  table: () => {
    const all: Named[] = [];
    return {
      add: (named) => void all.push(...named),
      end: () => {
        if (all.length > 0) print(pictureTable(["class", "probability"], all.map(rowsOf)));
      },
    };
  },
  csv: () => {
    let begun = false;
    return {
      add(named) {
        if (!begun) print(toCsv([["image", "rank", "class", "probability", "accepted"]]).trimEnd());
        begun = true;
        const lines = named.flatMap(({ image, top, accepted }) =>
          top.map(({ class: name, probability }, i) => [image, i + 1, name, probability, word(accepted)]),
        );
        if (lines.length > 0) print(toCsv(lines).trimEnd());
      },
      end() {},
    };
  },
  jsonl: () => ({
    add: (named) => {
      for (const one of named) printJsonLine(one);
    },
    end() {},
  }),
};

export const outputOf = (format: Format): Output => outputs[format]();

const rowsOf = ({ image, top, accepted }: Named): PictureRows => ({
  image,
  rows: top.map(({ class: name, probability }, i) => [
    i === 0 && accepted === false ? `${name} (uncertain)` : name,
    `${(100 * probability).toFixed(2)}%`,
  ]),
});

const word = (accepted: boolean | undefined): string | null =>
  accepted === undefined ? null : accepted ? "yes" : "no";
