// Another program's file as a checkpoint of ours, with weights alone.
import type { Checkpoint } from "../checkpoint/store.ts";
import { UserError } from "../errors.ts";
import { readClassNames } from "../images/sources/class-names.ts";
import { checkSize } from "../interpret/fits.ts";
import type { Preprocessing } from "../network/preprocessing.ts";
import type { PixelsName } from "../published/choices.ts";
import { type Chosen, detect } from "./detect.ts";
import { digestOf } from "./digest.ts";
import type { ForeignFormat } from "./foreign.ts";
import { toOurs } from "./layouts.ts";
import { isWhole, type Match } from "./match.ts";
import { importedPictures } from "./pixels.ts";
import { readForeign } from "./readers/open.ts";
import { startOf } from "./start.ts";

export interface ImportRequest extends Chosen {
  /** The names of the classes in their order, or a file with one on each line. */
  readonly labels?: string | readonly string[];
  /** Missing tensors and those of other shapes start anew, those left over are dropped. */
  readonly partial?: boolean;
  /** What the file's SHA-256 must be. */
  readonly sha256?: string;
  /** For networks trained otherwise than their program's own. */
  readonly pixels?: PixelsName;
  readonly preset?: Preprocessing["preset"];
  /** The first class is one that no picture has; where left out, that is so of ImageNet's 1001. */
  readonly backgroundClass?: boolean;
  /** Hears what is in the file, before it is refused for that. */
  readonly onMatch?: (match: Match) => void;
}

export interface Imported {
  readonly match: Match;
  readonly format: ForeignFormat;
  readonly sha256: string;
  readonly preprocessing: Preprocessing;
  readonly classes: readonly string[];
  /** The same for the same file and request. */
  readonly checkpoint: Checkpoint;
}

/**
 * Throws UserError("foreignWeights") for a file that cannot be read, has another SHA-256, belongs to no network that is
 * known or not in every tensor to one; ("usage") or ("data") where the request does not fit it.
 */
export async function importWeights(path: string, request: ImportRequest): Promise<Imported> {
  const sha256 = await digestOf(path);
  if (request.sha256 !== undefined && request.sha256.toLowerCase() !== sha256)
    throw new UserError("foreignWeights", `${path}: its SHA-256 is ${sha256}, expected ${request.sha256}`);
  const file = await readForeign(path);
  const match = detect(path, file, request);
  checkSize(match.options, match.size);
  request.onMatch?.(match);
  if (!isWhole(match) && !request.partial) throw notWhole(path, match);
  const { options, foreign, size } = match;
  const preprocessing: Preprocessing = {
    ...importedPictures(foreign, request.pixels),
    size,
    preset: request.preset ?? foreign.preprocessing.preset,
    background: request.backgroundClass ?? options.classes === imageNetWithBackground,
  };
  const classes = await classNames(options.classes, preprocessing.background, request.labels);
  const checkpoint: Checkpoint = {
    step: 0,
    files: { weights: weightsOf(match) },
    state: {
      network: options,
      preprocessing,
      classes,
      source: { program: foreign.source, network: foreign.name, format: file.format, sha256 },
    },
  };
  return { match, format: file.format, sha256, preprocessing, classes, checkpoint };
}

const imageNetWithBackground = 1001;

type Weight = { readonly shape: readonly number[]; readonly data: Float32Array };

/** By the names of our variables: those that match, and starting values for those that the file has not. */
export function weightsOf({ matched, missing, wrongShape }: Match): Map<string, Weight> {
  const ours = matched.map(
    ({ variable, layout, tensor }) =>
      [variable.name, { shape: variable.shape, data: toOurs(layout, tensor.data, variable.shape) }] as const,
  );
  const anew = [...missing, ...wrongShape].map(({ variable }) => [variable.name, startOf(variable)] as const);
  return new Map([...ours, ...anew]);
}

const notWhole = (path: string, { foreign, matched, missing, wrongShape, leftOver, options }: Match): UserError => {
  const faults = [
    ...count(missing.length, "missing", missing[0]?.theirs),
    ...count(wrongShape.length, "of another shape", wrongShape[0]?.name),
    ...count(leftOver.length, "left over", leftOver[0]),
  ];
  const expected = matched.length + missing.length + wrongShape.length;
  return new UserError(
    "foreignWeights",
    `${path} is not whole as ${foreign.name} of ${foreign.source} (${options.name}): of ${expected} tensors ${matched.length} match; ${faults.join(", ")}`,
    { hint: "--partial takes what matches and starts the rest anew; --source, --network and --size say what it is" },
  );
};

const count = (number: number, what: string, first: string | undefined): string[] =>
  number === 0 ? [] : [`${number} ${what} ("${first}"${number > 1 ? ", ..." : ""})`];

/** A line that begins with a WordNet id names its class by that, as ImageNet's folders do. */
const wordNetId = /^n\d{8}(?=\s|$)/;

async function classNames(
  count: number,
  background: boolean,
  labels: string | readonly string[] | undefined,
): Promise<string[]> {
  const pictured = background ? count - 1 : count;
  const names =
    labels === undefined
      ? Array.from({ length: pictured }, (_, i) => `class ${i}`)
      : typeof labels === "string"
        ? (await readClassNames(labels)).map((name) => wordNetId.exec(name)?.[0] ?? name)
        : [...labels];
  if (names.length === count) return names;
  if (names.length === pictured) return ["background", ...names];
  const whose = typeof labels === "string" ? `${labels} names` : "it has names for";
  throw new UserError("data", `${whose} ${names.length} classes, expected ${pictured}`);
}
