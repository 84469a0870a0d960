// The head of a report: what was trained, what it has come to, and what to do next.
import { drawing, type Html, html, name, nothing } from "../report/html.ts";
import { accuracyRuler } from "../report/interval-bar.ts";
import type { Rate } from "../statistics/interval.ts";
import { percent } from "./mistakes.ts";
import type { NextStep } from "./next-step.ts";
import type { Against, Judgement, Learning } from "./verdict.ts";

const words: Readonly<Record<Learning, string>> = {
  untested: "Not validated yet",
  chance: "No better than chance",
  overfitting: "It learned, and then it overfitted",
  improving: "It learns, and was not done",
  learned: "It has learned",
};

const tone: Readonly<Record<Learning, string>> = {
  untested: "",
  chance: "poor",
  overfitting: "poor",
  improving: "good",
  learned: "good",
};

export interface Verdict {
  readonly judgement: Judgement;
  readonly against: Against | undefined;
  /** What the accuracy is of: "941 held-out pictures, step 5054, averaged weights". */
  readonly of: string;
  readonly next: NextStep | undefined;
  /** What else has to be said, a sentence each. */
  readonly remarks: readonly string[];
}

export function verdictSection({ judgement, against, of, next, remarks }: Verdict): Html {
  const { learning, top1, reasons } = judgement;
  return html`<section class="verdict ${tone[learning]}" id="verdict"><h2>${words[learning]}${top1 && html`: ${percent(top1.value)} top-1`}</h2>
${top1 && html`<p>${figures(top1, against)} ${of && `Of ${of}.`}</p>${drawing(accuracyRuler(top1, references(against), rulerTitle(top1, against)))}`}
${reasons.map((reason) => html`<p>${reason}</p>`)}
${next && html`<p><strong>Next:</strong> ${next.words}${next.command && html`</p><pre>${next.command}</pre><p>`}</p>`}
${remarks.length > 0 && html`<ul>${remarks.map((remark) => html`<li>${remark}</li>`)}</ul>`}</section>`;
}

const ends = ({ interval: { low, high } }: Rate): string => `95%: ${percent(low)} to ${percent(high)}`;

function figures(top1: Rate, against: Against | undefined): Html {
  if (against === undefined) return html`${percent(top1.value)} are right (${ends(top1)}).`;
  const { chance, majority } = against;
  return html`${percent(top1.value)} are right (${ends(top1)}). Guessing gives ${percent(chance)}${
    majority && html`, always naming ${name(majority.name)} ${percent(majority.share)}`
  }.`;
}

const references = (against: Against | undefined) =>
  against === undefined
    ? []
    : [
        { label: `guessing ${percent(against.chance)}`, share: against.chance },
        ...(against.majority
          ? [{ label: `the commonest class ${percent(against.majority.share)}`, share: against.majority.share }]
          : []),
      ];

const rulerTitle = (top1: Rate, against: Against | undefined): string =>
  `Top-1 accuracy ${percent(top1.value)}, ${ends(top1)}${against ? `; guessing ${percent(against.chance)}` : ""}`;

/** Links to the sections that there are. */
export const navigation = (sections: readonly (readonly [id: string, title: string])[]): Html =>
  sections.length === 0
    ? nothing
    : html`<nav aria-label="Sections"><ul>${sections.map(([id, title]) => html`<li><a href="#${id}">${title}</a></li>`)}</ul></nav>`;
