// How a model sees pictures when that is not what its checkpoint says: another preset, size, share or kernel.
import { UserError } from "../errors.ts";
import { type CropChoice, type Preset, presetCrops } from "../images/crop.ts";
import type { Protocol } from "../images/protocols.ts";
import type { Kernel } from "../images/resample/resample.ts";
import { fits, smallestSize } from "../interpret/fits.ts";
import { buildNetwork } from "../network/catalog.ts";
import type { Model } from "./model.ts";

export const interpolations = ["bilinear", "bicubic", "tensorflow"] as const;
export type Interpolation = (typeof interpolations)[number];

/** What of it is asked for; what is left out is as the checkpoint says. */
export interface ViewChoice {
  readonly preset?: Preset;
  /** Side of the network's square input in pixels. */
  readonly size?: number;
  readonly cropShare?: number;
  readonly interpolation?: Interpolation;
}

const kernels: Readonly<Record<Interpolation, Kernel>> = {
  bilinear: "linear",
  bicubic: "cubic",
  tensorflow: "tensorflow",
};
const interpolationOf = (kernel: Kernel): Interpolation => interpolations.find((name) => kernels[name] === kernel)!;

/** How pictures are brought to a network. */
export type View = Pick<Model, "preset" | "size" | "choice">;

/**
 * Another view than `own`; what is chosen as the preset has it counts as not chosen. Throws UserError("usage") for a kernel that the preset has not,
 * and for a single crop's options with many crops.
 */
export function chooseView(own: View, asked: ViewChoice, crops: Protocol = "single"): View {
  if (crops !== "single") requireNone(asked, crops);
  const { preset = own.preset, size = own.size, cropShare: share, interpolation } = asked;
  const standard = presetCrops[preset];
  const kernel = interpolation && kernels[interpolation];
  if (kernel === "tensorflow" && preset !== "tf")
    throw new UserError(
      "usage",
      `--interpolation tensorflow is the kernel of the preset tf alone, expected bilinear or bicubic with ${preset}`,
    );
  const choice = {
    ...(share === undefined || share === standard.share ? {} : { share }),
    ...(kernel === undefined || kernel === standard.kernel ? {} : { kernel }),
  };
  return { preset, size, choice };
}

/**
 * The model with another view. It is fully convolutional up to its global pool, so its weights serve every size that leaves each map a cell;
 * auxiliary heads, which depend on the size, are for training alone. Throws UserError("usage") as `chooseView`, and for a size too small.
 */
export function withView(model: Model, asked: ViewChoice, crops: Protocol = "single"): Model {
  const view = chooseView(model, asked, crops);
  if (view.size === model.size) return { ...model, ...view };
  requireFit(model, view.size);
  return { ...model, ...view, network: buildNetwork(model.options, view.size) };
}

/** What differs from the checkpoint's own view, in the words of the options. */
export function viewOf({ preset, size, choice = {}, preprocessing }: ViewedModel): ViewChoice {
  return {
    ...(preset === preprocessing.preset ? {} : { preset }),
    ...(size === preprocessing.size ? {} : { size }),
    ...shareAndInterpolation(choice),
  };
}
export type ViewedModel = View & {
  readonly preprocessing: Pick<Model["preprocessing"], "preset" | "size">;
};

export const shareAndInterpolation = ({
  share,
  kernel,
}: CropChoice): Pick<ViewChoice, "cropShare" | "interpolation"> => ({
  ...(share === undefined ? {} : { cropShare: share }),
  ...(kernel === undefined ? {} : { interpolation: interpolationOf(kernel) }),
});

function requireNone({ preset, cropShare, interpolation }: ViewChoice, crops: Protocol): void {
  const given = Object.entries({ preset, "crop-share": cropShare, interpolation }).find(
    ([, value]) => value !== undefined,
  );
  if (given)
    throw new UserError(
      "usage",
      `--${given[0]} is about a single crop, and --crops ${crops} says how its own are cut`,
      {
        hint: "leave it out, or --crops",
      },
    );
}

function requireFit({ options, path }: Model, size: number): void {
  if (fits(options, size)) return;
  const least = smallestSize(options);
  throw new UserError("usage", `--size ${size}: ${path} needs an input of at least ${least} px (${options.name})`);
}
