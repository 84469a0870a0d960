// A table of a page; its columns can be sorted where the script runs.
import { Html, html, type Value } from "./html.ts";

/** What a cell shows, and the number that it is sorted by. */
export type Cell = Value | { readonly show: Value; readonly by: number };

export interface Table {
  readonly caption: string;
  /** Numbers stand to the right. */
  readonly columns: readonly { readonly head: string; readonly number?: boolean }[];
  /** The first cell of each names it. */
  readonly rows: readonly (readonly Cell[])[];
  readonly sortable?: boolean;
}

/** Wider than its page it can be moved sideways, by keyboard too. */
export const table = ({ caption, columns, rows, sortable = false }: Table): Html =>
  html`<div class="scroll" tabindex="0" role="region" aria-label="${caption}"><table${sortable && html` class="sortable"`}>
<caption>${caption}</caption>
<thead><tr>${columns.map(({ head, number }) => html`<th scope="col"${number && html` class="number"`}>${head}</th>`)}</tr></thead>
<tbody>${rows.map((row) => html`<tr>${row.map((cell, i) => written(cell, i, columns[i]?.number ?? false))}</tr>\n`)}</tbody>
</table></div>`;

function written(cell: Cell, column: number, number: boolean): Html {
  const { show, by } = isSorted(cell) ? cell : { show: cell, by: undefined };
  if (column === 0) return html`<th scope="row"${number && html` class="number"`}>${show}</th>`;
  return html`<td${number && html` class="number"`}${by !== undefined && html` data-value="${by}"`}>${show}</td>`;
}

const isSorted = (cell: Cell): cell is { readonly show: Value; readonly by: number } =>
  typeof cell === "object" && cell !== null && !(cell instanceof Html) && "by" in cell;
