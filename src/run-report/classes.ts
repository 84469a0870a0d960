// Figures for each class, and the pictures behind them.
import { type Html, html, name } from "../report/html.ts";
import { intervalBar } from "../report/interval-bar.ts";
import { type Cell, table } from "../report/table.ts";
import type { EvaluationDocument } from "../results/evaluation-schema.ts";
import type { Album } from "./album.ts";
import { confusionSection } from "./confusion.ts";
import type { ReportedEvaluation } from "./evaluation.ts";
import { isLookedAt, lookedGallery } from "./looks.ts";
import { type CellPictures, gallery, percent, uncertain, worst } from "./mistakes.ts";

export function classesSection(
  { summary, pictures }: ReportedEvaluation,
  cells: readonly CellPictures[],
  album: Album,
  looks: Album,
): Html {
  const wrong = worst(pictures);
  const looked = wrong.filter((seen) => isLookedAt(seen, looks));
  const classes = summary.classes.map((one) => one.name);
  return html`<section id="classes"><h2>Classes</h2>
<p class="plain">Precision: of the pictures taken for a class, the share that is of it. Recall: of its own pictures, the share taken for it. Lines and brackets are 95% intervals (Wilson's; F1's from resampled pictures). Headings sort.</p>
${classTable(summary)}
${pictures.length > 0 && confusionSection({ classes, pictures, cells, album })}
</section>
<section id="mistakes"><h2>Mistakes</h2>
<p class="plain">The wrong pictures of least probability for their label: some are hard, and some are labelled wrongly.${album.left > 0 && ` ${album.left} more pictures have no room on this page (--pictures).`}</p>
${lookedGallery(looked, album, looks)}
${gallery(
  "mistake",
  wrong.filter((seen) => !looked.includes(seen)),
  album,
)}
<h3>Right, and least certain</h3>
${gallery("uncertain", uncertain(pictures), album)}
</section>`;
}

function classTable({ classes }: EvaluationDocument): Html {
  return table({
    caption: `${classes.length} classes`,
    columns: [
      { head: "class" },
      { head: "pictures", number: true },
      { head: "taken for it", number: true },
      { head: "right", number: true },
      { head: "precision" },
      { head: "recall" },
      { head: "F1", number: true },
      { head: "average precision", number: true },
    ],
    rows: classes.map(({ intervals95, ...one }) => [
      name(one.name),
      { show: one.n, by: one.n },
      { show: one.taken, by: one.taken },
      { show: one.correct, by: one.correct },
      barred(one.precision, intervals95.precision),
      barred(one.recall, intervals95.recall),
      one.f1 === null ? none : { show: html`${percent(one.f1)}${intervals95.f1 && ends(intervals95.f1)}`, by: one.f1 },
      one.averagePrecision === null ? none : { show: percent(one.averagePrecision), by: one.averagePrecision },
    ]),
    sortable: true,
  });
}

const none: Cell = { show: "-", by: -1 };

type Ends = { readonly low: number; readonly high: number };
const ends = ({ low, high }: Ends): Html =>
  html` <small class="plain">(${(100 * low).toFixed(0)} to ${(100 * high).toFixed(0)})</small>`;

const barred = (value: number | null, interval: Ends | null): Cell =>
  value === null || interval === null
    ? none
    : { show: html`${intervalBar({ value, interval })}${percent(value)}${ends(interval)}`, by: value };
