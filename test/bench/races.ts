// Who runs against whom: the project's own training and inference, its peers and the limit, as commands.
import { existsSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import type { Device } from "../../src/runtime/device.ts";
import type { Precision } from "../../src/runtime/features.ts";

export type Mode = "train" | "eval";

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

/** Every race: training, inference and (with data) training on real photographs, in each precision. */
export function racesOf(options: RaceOptions): Race[] {
  return options.precisions.flatMap((precision) => [
    ...options.modes.map((mode) => peerRace(mode, precision, options)),
    ...(options.data !== undefined && options.modes.includes("train") ? [realRace(precision, options)] : []),
  ]);
}

/** Whether peers/setup.sh has run to its end. */
export const peersReady = (): boolean => existsSync(inCache("bench-node/inception-v3.onnx"));

/** Memory of one process in bytes, on the safe side of what PyTorch and Keras were seen to use at 299 px. */
export const memoryOf = (kind: Race["kind"], { size, batch }: RaceOptions): number =>
  1e9 * (1.5 + (kind === "eval" ? 0.05 : 0.17) * batch * (size / 299) ** 2);

function peerRace(mode: Mode, precision: Precision, options: RaceOptions): Race {
  const common = flags(options, mode, precision);
  const interpreter = process.env.INCEPTION_PYTHON || inCache("bench-venv/bin/python");
  const python = (file: string) => [interpreter, peer(options.root, file), ...common];
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

const ours = (options: RaceOptions, mode: Mode, precision: Precision): string[] => [
  process.execPath,
  join(options.root, "bin/inception.js"),
  ...["bench", mode, "--network", "inception-v3", "--turns"],
  ...sizes(options, precision),
];

const flags = (options: RaceOptions, mode: Mode, precision: Precision): string[] => [
  ...["--mode", mode],
  ...sizes(options, precision),
];

const sizes = ({ size, batch, steps, warmup, device }: RaceOptions, precision: Precision): string[] =>
  Object.entries({ size, batch, precision, steps, warmup, device }).flatMap(([name, value]) => [
    `--${name}`,
    `${value}`,
  ]);

const peer = (root: string, file: string): string => join(root, "test/bench/peers", file);

// The same folder as in peers/setup.sh.
const inCache = (path: string): string =>
  join(process.env.XDG_CACHE_HOME || join(homedir(), ".cache"), "inception", path);
