// Where the network looked in the worst mistakes: Grad-CAM of the label and of the class that each was taken for, beside the picture.
import { existsSync } from "node:fs";
import { basename, join } from "node:path";
import { UserError } from "../errors.ts";
import { type Model, openModel } from "../evaluate/model.ts";
import { type ViewChoice, withView } from "../evaluate/view.ts";
import { explanations } from "../explain/explain.ts";
import { drawHeat, showPicture } from "../explain/overlay.ts";
import { thumbnailOf } from "../images/decode.ts";
import type { Item } from "../images/sources/listing.ts";
import { type Html, html, name, nothing } from "../report/html.ts";
import { withoutHome } from "../run/info.ts";
import { runPaths } from "../run/paths.ts";
import { type Album, albumOf, type Embedded, embedded, noAlbum, thumbnailSide } from "./album.ts";
import { predictedOf, type ReportedEvaluation, type Seen } from "./evaluation.ts";
import { altOf, captionOf, noPicture, worst } from "./mistakes.ts";
import type { Subject } from "./subject.ts";

export interface Looks {
  /** Two overlays for each picture that was looked at. */
  readonly album: Album;
  /** Why there are none, where that is not plain. */
  readonly remarks: readonly string[];
}

export const noLooks: Looks = { album: noAlbum, remarks: [] };

/** Each costs a pass, and a reader no more patience. */
const most = 12;

/** At most `budget` bytes of the page; none where the evaluation's checkpoint is gone. */
export async function fillLooks(
  { run, evaluation }: Subject,
  itemOf: (name: string) => Item | undefined,
  budget: number,
): Promise<Looks> {
  const model = evaluation?.summary.model;
  if (model === undefined) return noLooks;
  const path = run ? join(runPaths(run.path).checkpoints, basename(model.path)) : model.path;
  const seen = new Map(
    worst(evaluation!.pictures)
      .slice(0, most)
      .flatMap((one) => {
        const item = itemOf(one.name);
        return item ? [[item, one] as const] : [];
      }),
  );
  if (seen.size === 0 || !existsSync(path)) return noLooks;
  try {
    const opened = openModel(path, { which: "best", raw: model.weights === "raw" });
    return { album: await albumFrom(withView(opened, viewOf(evaluation!)), seen, budget), remarks: [] };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { album: noAlbum, remarks: [`Where it looks cannot be shown: ${withoutHome(error.message)}.`] };
  }
}

/** Of many crops only the central one is looked at, as the checkpoint has it. */
const viewOf = ({ summary: { protocol } }: ReportedEvaluation): ViewChoice => {
  if (protocol.crops > 1) return {};
  const { preset, fit = "crop", cropShare, interpolation, size } = protocol;
  return Object.fromEntries(
    Object.entries({ preset, fit, cropShare, interpolation, size }).filter(([, value]) => value !== undefined),
  );
};

async function albumFrom(model: Model, seen: ReadonlyMap<Item, Seen>, budget: number): Promise<Album> {
  const places = new Map<string, Embedded>();
  let bytes = 0;
  const classesOf = (item: Item): number[] => {
    const one = seen.get(item)!;
    return [one.label, predictedOf(one)].map((name) => model.classes.indexOf(name));
  };
  const items = [...seen.keys()].filter((item) => !classesOf(item).includes(-1));
  if (items.length === 0) return noAlbum;
  for await (const { item, classes } of explanations(model, items, {
    methods: ["grad-cam"],
    classesOf,
    most: 2,
    onBad: () => {},
  })) {
    const shown = await showPicture(item, model, thumbnailSide);
    const overlays = [];
    for (const { heats } of classes)
      overlays.push(
        embedded(await thumbnailOf(drawHeat(shown, heats["grad-cam"]!.map), shown.width, shown.height, thumbnailSide)),
      );
    const room = overlays.reduce((sum, { address }) => sum + address.length, 0);
    if (bytes + room > budget) break;
    bytes += room;
    for (const [i, overlay] of overlays.entries()) places.set(placeOf(seen.get(item)!, kinds[i]!), overlay);
  }
  return { ...albumOf(places), bytes };
}

const kinds = ["label", "taken"] as const;
const placeOf = ({ name }: Seen, kind: (typeof kinds)[number]): string => `looks ${kind} ${name}`;

export const isLookedAt = (seen: Seen, looks: Album): boolean => looks.at(placeOf(seen, "label"), "") !== undefined;

/** Each picture with both overlays beside it. */
export const lookedGallery = (pictures: readonly Seen[], album: Album, looks: Album): Html =>
  pictures.length === 0
    ? nothing
    : html`<p class="plain">Yellow to red: the places that speak for the label, and those that speak for the class that it was taken for (Grad-CAM). What is dark was not shown to the network.</p>
<div class="pictures looked">${pictures.map(
        (
          seen,
        ) => html`<figure><div class="looks"><div>${album.at(`mistake ${seen.name}`, altOf(seen)) ?? noPicture}</div>
${kinds.map((kind) => besides(seen, kind, looks))}</div>
${captionOf(seen)}</figure>
`,
      )}</div>`;

function besides(seen: Seen, kind: (typeof kinds)[number], looks: Album): Html {
  const one = kind === "label" ? seen.label : predictedOf(seen);
  return html`<div>${looks.at(placeOf(seen, kind), `The places in it that speak for ${one}`)}<small class="plain">for ${name(one)}</small></div>`;
}
