// Where a trained network looks, in a program.
import { UserError } from "../errors.ts";
import type { Model } from "../evaluate/model.ts";
import { explanations } from "../explain/explain.ts";
import { rowsIn } from "../explain/heat.ts";
import type { MethodName } from "../explain/method.ts";
import { drawHeat, type Peak, peakIn, showPicture } from "../explain/overlay.ts";
import { type ExplainRequest, readRequest } from "../explain/request.ts";
import { encodePng } from "../images/decode.ts";
import type { Box } from "../images/resample/extent.ts";
import { namedPictures } from "../images/sources/named.ts";
import { opened } from "./model.ts";

export interface Explained {
  readonly image: string;
  readonly width: number;
  readonly height: number;
  /** What the network's input shows, in pixels of the picture. */
  readonly seen: Box;
  /** The most probable first; the true one last where it is not among them. */
  readonly classes: readonly {
    readonly class: string;
    readonly probability: number;
    readonly isTrue: boolean;
    readonly heats: readonly ExplainedHeat[];
  }[];
}

export interface ExplainedHeat {
  readonly method: MethodName;
  readonly peak: Peak | null;
  /** Rows from the top: of the layer's maps, or what each place of the patch takes from the probability. */
  readonly measured: readonly (readonly number[])[];
  /** A PNG: the picture in grey with the heat over it. */
  readonly overlay: Uint8Array;
}

/**
 * Where the network sees the most probable classes of files, folders and patterns, by Grad-CAM of the three best where nothing else is asked.
 * Throws UserError naming a picture that cannot be read, or a class, layer or patch that the model has not.
 */
export async function explain(
  model: Model | string,
  pictures: string | readonly string[],
  options: Partial<ExplainRequest> = {},
): Promise<Explained[]> {
  const network = opened(model);
  const asked = readRequest(network, { method: "grad-cam", top: 3, ...options });
  const items = await namedPictures([pictures].flat());
  const onBad = ({ name, reason }: { readonly name: string; readonly reason: string }): never => {
    throw new UserError("data", `${name}: ${reason}`);
  };
  const all: Explained[] = [];
  for await (const { item, classes } of explanations(network, items, { ...asked, onBad })) {
    const shown = await showPicture(item, network);
    const found = [];
    for (const { class: one, probability, heats } of classes) {
      const drawn = [];
      for (const method of asked.methods) {
        const heat = heats[method]!;
        const overlay = await encodePng(drawHeat(shown, heat.map), shown.width, shown.height);
        drawn.push({ method, peak: peakIn(heat, shown), measured: rowsIn(heat.measured), overlay });
      }
      found.push({ class: network.classes[one]!, probability, isTrue: one === asked.trueOf(item), heats: drawn });
    }
    all.push({ image: item.name, ...shown.original, classes: found });
  }
  return all;
}
