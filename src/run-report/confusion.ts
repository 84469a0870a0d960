// Which classes are taken for which: the matrix with its pictures, or of very many classes a map and the commonest confusions.
import { confusionMap } from "../report/confusion-map.ts";
import { drawing, type Html, html, name, nothing } from "../report/html.ts";
import { shadeBounds } from "../report/page-style.ts";
import { table } from "../report/table.ts";
import { type Confusion, confusionFrom } from "../statistics/confusion.ts";
import type { Album } from "./album.ts";
import { predictedOf, type Seen } from "./evaluation.ts";
import { type CellPictures, cellId, gallery } from "./mistakes.ts";

/** More classes than this have a map in the place of a table with numbers, and more than `mapped` neither. */
const numbered = 40;
const mapped = 1000;

export interface Confused {
  readonly classes: readonly string[];
  readonly pictures: readonly Seen[];
  readonly cells: readonly CellPictures[];
  readonly album: Album;
}

export function confusionSection({ classes, pictures, cells, album }: Confused): Html {
  const confusion = confusionIn(classes, pictures);
  const shown = new Set(cells.map(({ id }) => id));
  return html`<h3 id="confusion">Confusion matrix</h3>
${
  classes.length <= numbered
    ? matrix(confusion, shown)
    : classes.length <= mapped &&
      html`<details><summary>Map of ${classes.length} classes</summary>${drawing(confusionMap(confusion, `Confusion matrix of ${pictures.length} pictures`))}</details>`
}
${commonest(cells)}
${behindCells(cells, album)}`;
}

/** Pictures of a class that is none of these do not count. */
export function confusionIn(classes: readonly string[], pictures: readonly Seen[]): Confusion {
  const numbers = new Map(classes.map((one, number) => [one, number]));
  const pairs = pictures.map((seen) => [numbers.get(seen.label) ?? -1, numbers.get(predictedOf(seen)) ?? -1] as const);
  return confusionFrom(
    classes,
    pairs.filter(([label, predicted]) => label >= 0 && predicted >= 0),
  );
}

function matrix({ classes, cells }: Confusion, shown: ReadonlySet<string>): Html {
  const counts = new Map(cells.map(({ label, predicted, count }) => [cellId(label, predicted), count]));
  const totals = classes.map((_, label) =>
    cells.filter((cell) => cell.label === label).reduce((sum, { count }) => sum + count, 0),
  );
  const cell = (label: number, predicted: number): Html => {
    const id = cellId(label, predicted);
    const count = counts.get(id) ?? 0;
    const right = label === predicted ? "right" : "";
    if (count === 0) return html`<td class="${right}"></td>`;
    const share = count / totals[label]!;
    const shade = shadeBounds.findLastIndex((bound) => 100 * share >= bound);
    const figures = html`${count} <small>${shareOf(share)}</small>`;
    const words = `${count} of ${classes[label]} taken for ${classes[predicted]}`;
    return html`<td class="${right} s${shade}">${
      shown.has(id) ? html`<a href="#${id}" title="${words}: pictures">${figures}</a>` : figures
    }</td>`;
  };
  return html`<p class="plain">A row for each label, a column for each class predicted: pictures, and their share of the row. A number leads to its pictures.</p>
<div class="scroll" tabindex="0" role="region" aria-label="Confusion matrix"><table class="matrix"><caption>Pictures of each label by the class predicted</caption>
<thead><tr><th scope="col">label</th>${classes.map((one) => html`<th scope="col" class="class">${name(one)}</th>`)}</tr></thead>
<tbody>${classes.map((one, label) => html`<tr><th scope="row">${name(one)}</th>${classes.map((_, predicted) => cell(label, predicted))}</tr>\n`)}</tbody></table></div>
<div class="scroll legend" tabindex="0" role="region" aria-label="Legend"><span>share of the row in %, from:</span><table class="matrix"><tbody><tr>${shadeBounds.map((bound, i) => html`<td class="s${i}">${bound}</td>`)}</tr></tbody></table><span>framed: right</span></div>`;
}

/** Without digits that say nothing: 92%, 7.2%, 0.4%. */
const shareOf = (share: number): string => `${(100 * share).toFixed(share < 0.0995 ? 1 : 0)}%`;

const mostPairs = 10;

function commonest(cells: readonly CellPictures[]): Html {
  const pairs = cells.filter(({ label, predicted }) => label !== predicted).slice(0, mostPairs);
  if (pairs.length === 0) return nothing;
  return html`${table({
    caption: "The commonest confusions",
    columns: [{ head: "label" }, { head: "taken for" }, { head: "pictures", number: true }, { head: "look" }],
    rows: pairs.map(({ id, label, predicted, count }) => [
      name(label),
      name(predicted),
      { show: count, by: count },
      html`<a href="#${id}" aria-label="Pictures of ${label} taken for ${predicted}">pictures</a>`,
    ]),
    sortable: true,
  })}`;
}

const behindCells = (cells: readonly CellPictures[], album: Album): Html =>
  html`<details><summary>The pictures of each cell</summary>${cells.map(
    ({ id, label, predicted, count, shown }) => html`<details id="${id}"><summary>${
      label === predicted ? html`${name(label)}, right` : html`${name(label)} taken for ${name(predicted)}`
    }: ${shown.length < count ? `${shown.length} of ` : ""}${count} ${count === 1 ? "picture" : "pictures"}</summary>
${gallery(id, shown, album)}</details>`,
  )}</details>`;
