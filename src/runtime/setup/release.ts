// The pinned TensorFlow: which wheel holds it on each platform, and which of its files the engine needs.
import { cudaWheels } from "./cuda.ts";
import { packages, type Release } from "./published.ts";

export const tensorflowVersion = "2.21.0";

/** The wheels' Python tag; the libraries inside do not depend on Python. */
export const wheelPython = { version: "3.12", abi: "cp312" } as const;

export const platformName = `${process.platform}-${process.arch}`;

const onMac = process.platform === "darwin";

/** File names a folder may give the two libraries: a wheel's first, then an unpacked libtensorflow's. */
export const libraryNames = onMac
  ? [
      ["libtensorflow_cc.2.dylib", "libtensorflow_framework.2.dylib"] as const,
      ["libtensorflow.2.dylib", "libtensorflow_framework.2.dylib"] as const,
    ]
  : [
      ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"] as const,
      ["libtensorflow.so.2", "libtensorflow_framework.so.2"] as const,
    ];

/** All headers the addon's sources reach, below `include/`. */
export const headers = [
  "tensorflow/c/c_api.h",
  "tensorflow/c/c_api_macros.h",
  "tensorflow/c/eager/c_api.h",
  "tensorflow/c/tf_attrtype.h",
  "tensorflow/c/tf_buffer.h",
  "tensorflow/c/tf_datatype.h",
  "tensorflow/c/tf_status.h",
  "tensorflow/c/tf_tensor.h",
  "tensorflow/c/tf_tstring.h",
  "tensorflow/core/platform/ctstring.h",
  "tensorflow/core/platform/ctstring_internal.h",
  "tsl/platform/ctstring.h",
  "tsl/platform/ctstring_internal.h",
  "xla/tsl/c/tsl_status.h",
] as const;

/** The members of the wheel that set-up unpacks. */
export const wheelMembers = [
  ...libraryNames[0]!.map((name) => `tensorflow/${name}`),
  ...headers.map((name) => `tensorflow/include/${name}`),
];

const releases: Readonly<Record<string, Release>> = {
  "linux-x64": {
    package: "tensorflow-cpu",
    version: tensorflowVersion,
    tag: "manylinux_2_27_x86_64",
    url: `${packages}/6f/07/a691049cb74276164d8449de9e25c4f51ad3111a3eba86358395d2552fc3/tensorflow_cpu-2.21.0-cp312-cp312-manylinux_2_27_x86_64.whl`,
    sha256: "dcc8afd32930e42d5296b6ee19078b773706830af4ea97fbe503b9f5e0f820cb",
    bytes: 274_000_871,
    members: wheelMembers,
  },
  "linux-arm64": {
    package: "tensorflow",
    version: tensorflowVersion,
    tag: "manylinux_2_27_aarch64",
    url: `${packages}/20/a5/f139fbbd4e81a2e556170718698acf518a71a84927fa1dc1f5935b6ab3d2/tensorflow-2.21.0-cp312-cp312-manylinux_2_27_aarch64.whl`,
    sha256: "b07d15737406533898e36c7ef7944b1be18e9028dc521b9229952c537bbc5552",
    bytes: 281_946_471,
    members: wheelMembers,
  },
  "darwin-arm64": {
    package: "tensorflow",
    version: tensorflowVersion,
    tag: "macosx_12_0_arm64",
    url: `${packages}/39/59/27adba20bbd1088b00fc0e9232aa21493b4800af2299eb6005017a6053f4/tensorflow-2.21.0-cp312-cp312-macosx_12_0_arm64.whl`,
    sha256: "56ecd7d47429acbe1df2694d50b75bf9fc3995ac92cb367cd9af6c4780ead712",
    bytes: 223_488_205,
    members: wheelMembers,
  },
};

/** The wheels for this machine, TensorFlow's first; none where they are not published for it. */
export function releasesForThisMachine(device: "cpu" | "cuda" = "cpu"): readonly Release[] {
  if (device === "cuda") return platformName === "linux-x64" ? cudaWheels(wheelMembers) : [];
  const release = releases[platformName];
  return release ? [release] : [];
}
