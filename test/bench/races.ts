// Who runs against whom: the project's own training and inference, its peers and the limit, as commands.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Device } from "../../src/runtime/device.ts";
import type { Precision } from "../../src/runtime/features.ts";

export type Mode = FullMode | "small";
/** Of Inception V3 at its full size. */
type FullMode = "train" | "eval";

/** What a contestant is measured for in a race's goals. */
export type Role = "ours" | "ours-real" | "pytorch" | "pytorch-compiled" | "keras" | "onnxruntime" | "limit";

export interface Contestant {
  readonly role: Role;
  readonly name: string;
  readonly command: readonly string[];
}

export interface Race {
  readonly title: string;
  readonly kind: Mode | "end-to-end";
  readonly precision: Precision;
  readonly device: Device;
  readonly contestants: readonly Contestant[];
}

export interface RaceOptions {
  /** The project's root. */
  readonly root: string;
  readonly modes: readonly Mode[];
  readonly precisions: readonly Precision[];
  /** On a GPU PyTorch alone is a peer: the others were set up for processors. */
  readonly device: Device;
  readonly size: number;
  readonly batch: number;
  /** Steps in a turn, and before the first one. */
  readonly steps: number;
  readonly warmup: number;
  /** Photographs for the end-to-end race: whatever `inception bench train --data` takes. */
  readonly data?: string | undefined;
}

/** Every race: training, inference, a small network's training and (with data) training on real photographs, in each precision. */
export function racesOf(options: RaceOptions): Race[] {
  return options.precisions.flatMap((precision) => [
    ...options.modes.map((mode) =>
      mode === "small" ? smallRace(precision, options) : peerRace(mode, precision, options),
    ),
    ...(options.data !== undefined && options.modes.includes("train") ? [realRace(precision, options)] : []),
  ]);
}

/** Whether peers/setup.sh has run to its end. */
export const peersReady = (): boolean => existsSync(inCache("bench-node/inception-v3.onnx"));

/** Memory of one process in bytes, on the safe side of what PyTorch and Keras were seen to use at 299 px. */
export const memoryOf = (kind: Race["kind"], { size, batch }: RaceOptions): number =>
  1e9 * (1.5 + (kind === "eval" ? 0.05 : 0.17) * batch * ((kind === "small" ? smallSize(size) : size) / 299) ** 2);

function peerRace(mode: FullMode, precision: Precision, options: RaceOptions): Race {
  const common = flags(options, mode, precision);
  const python = (file: string) => [interpreter(), peer(options.root, file), ...common];
  const casting = { float32: "float32", bfloat16: "bfloat16 autocast" }[precision];
  const contestants: Contestant[] = [
    { role: "ours", name: `inception ${precision}`, command: ours(options, mode, precision) },
    { role: "pytorch", name: `PyTorch eager ${casting}`, command: python("torch_v3.py") },
    {
      role: "pytorch-compiled",
      name: `PyTorch compiled ${casting}`,
      command: [...python("torch_v3.py"), "--compile"],
    },
    ...(options.device === "cuda"
      ? []
      : [
          { role: "keras", name: `Keras ${precision}`, command: python("keras_v3.py") } as const,
          { role: "limit", name: `limit: PyTorch convolution ${precision}`, command: python("conv_limit.py") } as const,
        ]),
  ];
  if (mode === "eval" && options.device === "cpu") {
    const command = [process.execPath, peer(options.root, "onnxruntime_v3.mjs"), ...flags(options, mode, "float32")];
    contestants.splice(-1, 0, { role: "onnxruntime", name: "onnxruntime-node float32", command });
  }
  const title = { train: "Training", eval: "Inference" }[mode];
  return { title: `${title}, ${precision}`, kind: mode, precision, device: options.device, contestants };
}

const smallSize = (asked: number): number => Math.min(asked, 128);

/** The network and, where no smaller one is asked for, the size of configs/imagenette-128.yaml. */
function smallRace(precision: Precision, given: RaceOptions): Race {
  const options = { ...given, size: smallSize(given.size) };
  const network = ["--network", "bn-inception", "--set", "network.width=0.5", "--set", "network.stemPool=false"];
  const torch = [interpreter(), peer(options.root, "torch_small.py"), ...sizes(options, precision)];
  return {
    title: `Training a small network, ${precision}`,
    kind: "small",
    device: options.device,
    precision,
    contestants: [
      { role: "ours", name: `inception ${precision}`, command: ours(options, "train", precision, network) },
      { role: "pytorch", name: "PyTorch eager", command: torch },
      { role: "pytorch-compiled", name: "PyTorch compiled", command: [...torch, "--compile"] },
    ],
  };
}

function realRace(precision: Precision, options: RaceOptions): Race {
  const synthetic = ours(options, "train", precision);
  return {
    title: `Training end to end, ${precision}`,
    kind: "end-to-end",
    precision,
    device: options.device,
    contestants: [
      { role: "ours", name: "inception, synthetic pictures", command: synthetic },
      { role: "ours-real", name: "inception, photographs", command: [...synthetic, "--data", options.data!] },
    ],
  };
}

const ours = (
  options: RaceOptions,
  mode: FullMode,
  precision: Precision,
  network = ["--network", "inception-v3"],
): string[] => [
  process.execPath,
  join(options.root, "bin/inception.js"),
  ...["bench", mode, ...network, "--turns"],
  ...sizes(options, precision),
];

const flags = (options: RaceOptions, mode: FullMode, precision: Precision): string[] => [
  ...["--mode", mode],
  ...sizes(options, precision),
];

const sizes = ({ size, batch, steps, warmup, device }: RaceOptions, precision: Precision): string[] =>
  Object.entries({ size, batch, precision, steps, warmup, device }).flatMap(([name, value]) => [
    `--${name}`,
    `${value}`,
  ]);

const peer = (root: string, file: string): string => join(root, "test/bench/peers", file);

const interpreter = (): string => process.env.INCEPTION_PYTHON || inCache("bench-venv/bin/python");

// The same folder as in peers/setup.sh.
const inCache = (path: string): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "inception", path);
