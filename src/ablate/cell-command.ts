// The command that computes one cell of an ablation's folder, wherever it is run.
import { createHash } from "node:crypto";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { kernelsWords } from "../runtime/kernels.ts";
import { type Cell, type Plan, slug } from "./plan.ts";

/** Two levels up from both src/ablate and dist/ablate. */
export const program = fileURLToPath(new URL("../../bin/inception.js", import.meta.url));

/** What each cell computes with; `kernels` as in `--kernels`, where it was said. */
export interface CellEngine {
  readonly threads: number;
  readonly kernels?: string | undefined;
}

/** Arguments of `inception`. */
export const cellWords = (cell: string, folder: string, { threads, kernels }: CellEngine): string[] => [
  ...["ablate", "--cell", cell],
  ...["-o", folder, "--threads", `${threads}`],
  ...(kernels === undefined ? [] : ["--kernels", isWord(kernels) ? kernels : resolve(kernels)]),
];
const isWord = (kernels: string): boolean => (kernelsWords as readonly string[]).includes(kernels);

/** A shell's line for it. */
export const cellCommand = (cell: Pick<Cell, "id">, folder: string, engine: CellEngine): string =>
  [process.execPath, program, ...cellWords(cell.id, resolve(folder), engine)].map(quoted).join(" ");

/**
 * A shell's lines that compute the cell whose number, from 0, is what the expression `index` gives: the list is part of them, so that a job that
 * waits in a queue stays what it was. `start` are the words that start `inception`.
 */
export const indexedCommand = (
  cells: readonly Pick<Cell, "id">[],
  { index, start, folder, engine }: { index: string; start: readonly string[]; folder: string; engine: CellEngine },
): string => {
  const [command, option, , ...rest] = cellWords("", folder, engine);
  return [
    `set -- ${cells.map(({ id }) => id).join(" ")}`,
    `shift ${index}`,
    `exec ${start.map(quoted).join(" ")} ${command} ${option} "$1" ${rest.map(quoted).join(" ")}`,
  ].join("\n");
};

/**
 * What a scheduler calls the jobs of a folder: the same for the same folder, and no other's. Kubernetes allows a pod, whose name has more behind
 * its job's, 63 characters.
 */
export const jobName = ({ name }: Pick<Plan, "name">, folder: string): string =>
  `inception-${slug(name).slice(0, 24)}-${createHash("sha256").update(resolve(folder)).digest("hex").slice(0, 8)}`;

/** As one word of a shell. */
export const quoted = (word: string): string =>
  /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
