// How a model sees pictures when that is not what its checkpoint says: another preset, fit, size, share or kernel.
import { UserError } from "../errors.ts";
import { type CropChoice, type FitName, type Preset, presetCrops } from "../images/crop.ts";
import { type Protocol, resizing } from "../images/protocols.ts";
import type { Kernel } from "../images/resample/resample.ts";
import { fits, smallestSize } from "../interpret/fits.ts";
import type { Pixels, Preprocessing } from "../network/preprocessing.ts";
import { fitOf } from "./fit.ts";
import { type Model, networkOf } from "./model.ts";

export const interpolations = ["bilinear", "bicubic", "tensorflow"] as const;
export type Interpolation = (typeof interpolations)[number];

/** What of it is asked for; what is left out is as the checkpoint says. */
export interface ViewChoice {
  readonly preset?: Preset;
  readonly fit?: FitName;
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
/** The same as a checkpoint has it. */
export type OwnView = Pick<View, "preset" | "size"> & {
  readonly preprocessing: Pick<Preprocessing, "fit" | keyof Pixels>;
};

/**
 * Another view than `own`; what is chosen as the preset has it counts as not chosen. Throws UserError("usage") for a kernel that the preset has not,
 * for a share of a picture that is not cropped, and for a single crop's options with many crops.
 */
export function chooseView(own: OwnView, asked: ViewChoice, crops: Protocol = "single"): View {
  if (crops !== "single") requireNone(asked, crops);
  const { preset = own.preset, size = own.size, cropShare: share, interpolation } = asked;
  const fit = fitOf(asked.fit ?? own.preprocessing.fit, own.preprocessing);
  if (fit !== undefined && share !== undefined)
    throw new UserError("usage", `--crop-share is about a crop, and ${fit.name} shows the whole picture`, {
      hint: "leave it out, or add --fit crop",
    });
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
    ...(fit && { fit }),
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
  return { ...model, ...view, network: networkOf(model, view.size) };
}

/** How pictures are brought to the model's size, in one sentence. */
export const resizeOf = (
  { preset, size, choice, preprocessing }: View & Pick<Model, "preprocessing">,
  protocol: Protocol,
): string => resizing(protocol, preset, size, preprocessing.jpegReduction, choice);

/** What differs from the checkpoint's own view, in the words of the options. */
export function viewOf({ preset, size, choice = {}, preprocessing }: ViewedModel): ViewChoice {
  const { name: fit } = choice.fit ?? { name: "crop" as const };
  return {
    ...(preset === preprocessing.preset ? {} : { preset }),
    ...(fit === preprocessing.fit ? {} : { fit }),
    ...(size === preprocessing.size ? {} : { size }),
    ...shareAndInterpolation(choice),
  };
}
export type ViewedModel = View & {
  readonly preprocessing: Pick<Model["preprocessing"], "preset" | "size" | "fit">;
};

export const shareAndInterpolation = ({
  share,
  kernel,
}: CropChoice): Pick<ViewChoice, "cropShare" | "interpolation"> => ({
  ...(share === undefined ? {} : { cropShare: share }),
  ...(kernel === undefined ? {} : { interpolation: interpolationOf(kernel) }),
});

function requireNone({ preset, fit, cropShare, interpolation }: ViewChoice, crops: Protocol): void {
  const given = Object.entries({ preset, fit, "crop-share": cropShare, interpolation }).find(
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

function requireFit({ options, path, onnx, size: own }: Model, size: number): void {
  if (onnx) throw new UserError("usage", `--size ${size}: ${path} is an ONNX file, which takes ${own} px alone`);
  if (fits(options, size)) return;
  const least = smallestSize(options);
  throw new UserError("usage", `--size ${size}: ${path} needs an input of at least ${least} px (${options.name})`);
}
