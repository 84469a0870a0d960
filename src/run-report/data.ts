// The pictures of a run: how many of each class, what they look like, and what training makes of them.
import type { Experiment } from "../config/schema.ts";
import { counted } from "../counted.ts";
import { type Thumbnail, thumbnailOf } from "../images/decode.ts";
import type { Item, Listing } from "../images/sources/listing.ts";
import { type Html, html, name, nothing } from "../report/html.ts";
import { table } from "../report/table.ts";
import { imbalanceOf } from "../train/advice.ts";
import { countByClass } from "../train/class-weights.ts";
import { firstCrops } from "../train/preview.ts";
import type { Sets } from "../train/training.ts";
import { type Album, albumOf, embedded, thumbnailSide, type Wanted } from "./album.ts";
import type { Faults } from "./faults.ts";

const most = { samples: 4, sampledClasses: 30, crops: 24 } as const;

/** Training pictures of each class at even distances in the listing; of very many classes, of the first ones. */
export const samplesOf = ({ train }: Sets): readonly (readonly Item[])[] =>
  train.classes.slice(0, most.sampledClasses).map((_, label) => {
    const own = train.items.filter((item) => item.label === label);
    const count = Math.min(most.samples, own.length);
    return Array.from({ length: count }, (_, i) => own[Math.floor((i * own.length) / count)]!);
  });

export const wantedSamples = (samples: readonly (readonly Item[])[]): Wanted[] =>
  samples.flat().map((item) => ({ place: `sample ${item.name}`, item }));

/** Augmented training crops in an album of their own, and what each is of. */
export interface CropAlbum {
  readonly album: Album;
  readonly labels: readonly string[];
}

/** Throws UserError("data") where a picture cannot be read. */
export async function cropAlbum(experiment: Experiment, train: Listing): Promise<CropAlbum> {
  const { count, size, images, labels } = await firstCrops(experiment, train, {
    count: most.crops,
    epoch: 0,
    onBad: () => {},
  });
  const crops: Thumbnail[] = await Promise.all(
    Array.from({ length: count }, (_, i) =>
      thumbnailOf(images.subarray(i * size * size * 3, (i + 1) * size * size * 3), size, size, thumbnailSide),
    ),
  );
  const of = (label: number): string => train.classes[label] ?? "no class";
  return {
    album: albumOf(new Map(crops.map((crop, i) => [`crop ${i}`, embedded(crop)]))),
    labels: labels.map(({ label, mixed }) =>
      mixed === undefined
        ? of(label)
        : `${Math.round(100 * mixed.share)}% ${of(label)}, ${Math.round(100 * (1 - mixed.share))}% ${of(mixed.second)}`,
    ),
  };
}

export interface Shown {
  readonly album: Album;
  readonly crops: CropAlbum | undefined;
  readonly faults: Faults | undefined;
}

export function dataSection(sets: Sets, { album, crops, faults }: Shown): Html {
  const { train, validation } = sets;
  const [trained, validated] = [countByClass(train), countByClass(validation)];
  const imbalance = imbalanceOf(trained, train.classes);
  const whole = (count: number): string => count.toLocaleString("en-US");
  return html`<section id="data"><h2>Data</h2>
<p>${whole(train.items.length)} pictures to train on and ${whole(validation.items.length)} to validate on, in ${whole(train.classes.length)} classes. ${imbalance ? `${imbalance}.` : "No class has over five times as many as another."}${faults && ` ${faultWords(faults)}`}</p>
<details${train.classes.length <= most.sampledClasses && html` open`}><summary>Pictures of each class</summary>${table({
    caption: "Pictures of each class in both halves",
    columns: [
      { head: "class" },
      { head: "training", number: true },
      { head: "validation", number: true },
      { head: "share of training" },
    ],
    rows: train.classes.map((one, label) => [
      name(one),
      { show: whole(trained[label]!), by: trained[label]! },
      { show: whole(validated[label]!), by: validated[label]! },
      { show: shareBar(trained[label]!, Math.max(...trained), train.items.length), by: trained[label]! },
    ]),
    sortable: true,
  })}</details>
${sampleFigures(sets, album)}
${crops === undefined ? nothing : cropFigures(crops)}</section>`;
}

function faultWords({ unreadable, copies }: Faults): string {
  const left =
    unreadable === 0
      ? "Training could read all that it looked at."
      : `Training left out ${counted(unreadable, "picture")} that could not be read (rejected.jsonl).`;
  if (copies === undefined) return `${left} Copies were not looked for among so many: inception data check does.`;
  if (copies.pictures === 0) return `${left} No two have the same bytes.`;
  const across =
    copies.across === 0
      ? "none of them to validate on what is trained on"
      : `${copies.across} to validate on what is trained on, too`;
  return `${left} ${counted(copies.pictures, "picture has", "pictures have")} the bytes of another, ${across}: inception data check names them.`;
}

const shareBar = (count: number, most: number, all: number): Html =>
  html`<svg class="bar" viewBox="0 0 100 14" preserveAspectRatio="none" aria-hidden="true"><rect class="value" y="3" width="${((100 * count) / Math.max(1, most)).toFixed(1)}" height="8"/></svg>${((100 * count) / all).toFixed(1)}%`;

function sampleFigures(sets: Sets, album: Album): Html {
  if (album.shown === 0) return nothing;
  const samples = samplesOf(sets).flatMap((items) =>
    items.flatMap(({ name, label }) => {
      const picture = album.at(`sample ${name}`, `A training picture of ${sets.train.classes[label]}`);
      return picture ? [html`<figure>${picture}<figcaption>${nameOf(sets, label)}</figcaption></figure>`] : [];
    }),
  );
  return samples.length === 0
    ? nothing
    : html`<details><summary>Training pictures</summary><div class="pictures small">${samples}</div></details>`;
}

const nameOf = ({ train }: Sets, label: number): Html => name(train.classes[label]!);

const cropFigures = ({ album, labels }: CropAlbum): Html =>
  html`<details><summary>What the network is shown of them: the first crops of the first epoch</summary><div class="pictures small">${labels.map(
    (label, i) =>
      html`<figure>${album.at(`crop ${i}`, `A training crop: ${label}`)}<figcaption>${name(label)}</figcaption></figure>`,
  )}</div></details>`;
