// Pictures that an evaluation got most wrong, those that it was least sure of, and those behind each confusion.
import type { Item } from "../images/sources/listing.ts";
import { groupBy } from "../interpret/group.ts";
import { type Html, html, name, nothing } from "../report/html.ts";
import type { Album, Wanted } from "./album.ts";
import { confidenceOf, isRight, predictedOf, type Seen } from "./evaluation.ts";

export const most = { mistakes: 50, uncertain: 12, cells: 60, inCell: 12, rightInCell: 4 } as const;

/** Least probability for the label first. */
export const worst = (pictures: readonly Seen[]): Seen[] =>
  pictures
    .filter((seen) => !isRight(seen))
    .sort((a, b) => b.loss - a.loss)
    .slice(0, most.mistakes);

/** Right, with the least confidence first. */
export const uncertain = (pictures: readonly Seen[]): Seen[] =>
  pictures
    .filter(isRight)
    .sort((a, b) => confidenceOf(a) - confidenceOf(b))
    .slice(0, most.uncertain);

/** Pictures of one label that were taken for one class; the surest mistakes first, and of right ones the least sure. */
export interface CellPictures {
  readonly id: string;
  readonly label: string;
  readonly predicted: string;
  readonly count: number;
  readonly shown: readonly Seen[];
}

/** The largest cells, mistakes before what is right. `numberOf` gives a class its number. */
export function cellPictures(pictures: readonly Seen[], numberOf: (name: string) => number): CellPictures[] {
  const cells = groupBy(pictures, (seen) => cellId(numberOf(seen.label), numberOf(predictedOf(seen))));
  const all = [...cells].map(([id, members]): CellPictures => {
    const right = isRight(members[0]!);
    const sorted = [...members].sort((a, b) => (right ? 1 : -1) * (confidenceOf(a) - confidenceOf(b)));
    const { label } = members[0]!;
    const shown = sorted.slice(0, right ? most.rightInCell : most.inCell);
    return { id, label, predicted: predictedOf(members[0]!), count: members.length, shown };
  });
  const bySize = (a: CellPictures, b: CellPictures): number => b.count - a.count;
  const wrong = all.filter((cell) => cell.label !== cell.predicted).sort(bySize);
  const right = all.filter((cell) => cell.label === cell.predicted).sort(bySize);
  return [...wrong.slice(0, most.cells), ...right.slice(0, most.cells)];
}

export const cellId = (label: number, predicted: number): string => `cell-${label}-${predicted}`;

/** In the order of their importance: each kind of place before the next, and of the cells all first pictures before the second ones. */
export function wantedOf(
  pictures: readonly Seen[],
  cells: readonly CellPictures[],
  itemOf: (name: string) => Item | undefined,
): Wanted[] {
  const wanted = (kind: string, { name }: Seen): Wanted => ({ place: `${kind} ${name}`, item: itemOf(name) });
  return [
    ...worst(pictures).map((seen) => wanted("mistake", seen)),
    ...uncertain(pictures).map((seen) => wanted("uncertain", seen)),
    ...Array.from({ length: most.inCell }, (_, i) =>
      cells.flatMap(({ id, shown }) => (shown[i] ? [wanted(id, shown[i])] : [])),
    ).flat(),
  ];
}

/** Each with its label, what it was taken for, and the three most probable classes. */
export const gallery = (kind: string, pictures: readonly Seen[], album: Album): Html =>
  pictures.length === 0
    ? nothing
    : html`<div class="pictures">${pictures.map((seen) => figure(seen, album.at(`${kind} ${seen.name}`, altOf(seen))))}</div>`;

export const altOf = (seen: Seen): string =>
  isRight(seen)
    ? `A picture of ${seen.label}, taken for it with ${percent(confidenceOf(seen))}`
    : `A picture labelled ${seen.label}, taken for ${predictedOf(seen)} with ${percent(confidenceOf(seen))}`;

export const noPicture: Html = html`<div class="none">no picture</div>`;

const figure = (seen: Seen, picture: Html | undefined): Html => html`<figure>${picture ?? noPicture}
${captionOf(seen)}</figure>
`;

/** Its label, what it was taken for, the three most probable classes, and its name. */
export const captionOf = (
  seen: Seen,
): Html => html`<figcaption><strong>${name(seen.label)}</strong>${!isRight(seen) && html`, taken for <strong class="wrong">${name(predictedOf(seen))}</strong>`}
<span class="file">${seen.top
  .slice(0, 3)
  .map(
    ({ class: one, probability }, i) => html`${i > 0 && html`<br>`}${percent(probability)} ${name(one)}`,
  )}</span><span class="file">${name(seen.name)}</span></figcaption>`;

export const percent = (share: number): string => `${(100 * share).toFixed(1)}%`;
