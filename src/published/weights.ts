// The weights that others publish of these networks: one table. What nobody publishes is "unknown".
import type { PublishedHash } from "../download/hash.ts";
import type { PixelsName, SourceName } from "./choices.ts";

export interface Published {
  readonly name: string;
  readonly aliases: readonly string[];
  readonly source: SourceName;
  /** What that program calls the network. */
  readonly theirs: string;
  /** Where they were trained otherwise than their program's own. */
  readonly pixels?: PixelsName;
  /** Without a classifier: to start from, not to evaluate. */
  readonly headless?: true;
  readonly url: string;
  /** What the file is called here: some servers call each of theirs alike. */
  readonly file: string;
  /** Exactly, or in millions as it is published. */
  readonly size: { readonly bytes: number } | { readonly megabytes: number } | "unknown";
  readonly hash: PublishedHash | "unknown";
  readonly licence: string;
  /** In percent of ImageNet's validation set, single crop; `by` says where it is published. */
  readonly accuracy: { readonly top1: number; readonly top5: number; readonly by: string } | "no classifier";
}

const pytorch = (file: string): Pick<Published, "url" | "file"> => ({
  url: `https://download.pytorch.org/models/${file}`,
  file,
});
const keras = (file: string): Pick<Published, "url" | "file"> => ({
  url: `https://storage.googleapis.com/tensorflow/keras-applications/inception_v3/${file}`,
  file,
});
const slim = (file: string): Pick<Published, "url" | "file"> => ({
  url: `http://download.tensorflow.org/models/${file}`,
  file,
});

/** timm's on Hugging Face; accuracies of its results/results-imagenet.csv. */
const timm = (
  name: string,
  tag: string,
  alias: string,
  [top1, top5]: readonly [number, number],
  more: Partial<Published> = {},
): Published => ({
  name: `inception-v3-timm-${name}`,
  aliases: [`inception_v3.${tag}`, alias],
  source: "timm",
  theirs: "inception_v3",
  url: `https://huggingface.co/timm/inception_v3.${tag}/resolve/main/model.safetensors`,
  file: `inception_v3.${tag}.safetensors`,
  size: { megabytes: 95.5 },
  hash: "unknown",
  licence: "Apache-2.0",
  accuracy: { top1, top5, by: "timm, results-imagenet.csv (299 px, crop 0.875, bicubic)" },
  ...more,
});

const bySlim = "TF-Slim, README";
const byTorchvision = "torchvision, IMAGENET1K_V1";

export const published: readonly Published[] = [
  {
    name: "inception-v3-torchvision",
    aliases: ["inception-v3", "inception_v3", "inception_v3_google"],
    source: "torchvision",
    theirs: "inception_v3",
    ...pytorch("inception_v3_google-0cc3c7bd.pth"),
    size: { bytes: 108_949_747 },
    hash: { algorithm: "sha256", hex: "0cc3c7bd" },
    licence: "BSD-3-Clause",
    accuracy: { top1: 77.294, top5: 93.45, by: byTorchvision },
  },
  timm("gluon", "gluon_in1k", "gluon_inception_v3", [78.806, 94.374], { pixels: "imagenet" }),
  timm("tf", "tf_in1k", "tf_inception_v3", [77.862, 93.644]),
  timm("tf-adv", "tf_adv_in1k", "adv_inception_v3", [77.592, 93.73]),
  timm("tv", "tv_in1k", "tv_inception_v3", [77.434, 93.474], {
    hash: { algorithm: "sha256", hex: "9c452c63a67fd03a38a78c401ba12d4be0e926df63c93403de3a29f6df20fefb" },
  }),
  {
    name: "inception-v3-keras",
    aliases: ["inceptionv3"],
    source: "keras",
    theirs: "InceptionV3",
    ...keras("inception_v3_weights_tf_dim_ordering_tf_kernels.h5"),
    size: { bytes: 96_112_376 },
    hash: { algorithm: "md5", hex: "9a0d58056eeedaa3f26cb7ebd46da564" },
    licence: "Apache-2.0",
    accuracy: { top1: 77.9, top5: 93.7, by: "Keras, Applications" },
  },
  {
    name: "inception-v3-keras-notop",
    aliases: [],
    source: "keras",
    theirs: "InceptionV3",
    headless: true,
    ...keras("inception_v3_weights_tf_dim_ordering_tf_kernels_notop.h5"),
    size: { bytes: 87_910_968 },
    hash: { algorithm: "md5", hex: "bcbd6486424b2319ff4ef7d526e38f63" },
    licence: "Apache-2.0",
    accuracy: "no classifier",
  },
  {
    name: "inception-v3-slim",
    aliases: ["inception_v3_2016_08_28"],
    source: "slim",
    theirs: "inception_v3",
    ...slim("inception_v3_2016_08_28.tar.gz"),
    size: "unknown",
    hash: "unknown",
    licence: "Apache-2.0",
    accuracy: { top1: 78, top5: 93.9, by: bySlim },
  },
  {
    name: "bn-inception-slim",
    aliases: ["bn-inception", "inception_v2", "inception_v2_2016_08_28"],
    source: "slim",
    theirs: "inception_v2",
    ...slim("inception_v2_2016_08_28.tar.gz"),
    size: "unknown",
    hash: "unknown",
    licence: "Apache-2.0",
    accuracy: { top1: 73.9, top5: 91.8, by: bySlim },
  },
  {
    name: "googlenet-torchvision",
    aliases: ["googlenet"],
    source: "torchvision",
    theirs: "googlenet",
    ...pytorch("googlenet-1378be20.pth"),
    size: { megabytes: 52.1 },
    hash: { algorithm: "sha256", hex: "1378be20" },
    licence: "BSD-3-Clause",
    accuracy: { top1: 69.778, top5: 89.53, by: byTorchvision },
  },
  {
    name: "googlenet-slim",
    aliases: ["inception_v1", "inception_v1_2016_08_28"],
    source: "slim",
    theirs: "inception_v1",
    ...slim("inception_v1_2016_08_28.tar.gz"),
    size: "unknown",
    hash: "unknown",
    licence: "Apache-2.0",
    accuracy: { top1: 69.8, top5: 89.6, by: bySlim },
  },
  {
    name: "googlenet-caffe",
    aliases: ["bvlc_googlenet", "bvlc-googlenet"],
    source: "caffe",
    theirs: "bvlc_googlenet",
    url: "http://dl.caffe.berkeleyvision.org/bvlc_googlenet.caffemodel",
    file: "bvlc_googlenet.caffemodel",
    size: { bytes: 53_533_754 },
    hash: { algorithm: "sha1", hex: "405fc5acd08a3bb12de8ee5e23a96bec22f08204" },
    licence: "unrestricted",
    accuracy: { top1: 68.7, top5: 88.9, by: "BVLC, models/bvlc_googlenet/readme.md" },
  },
];

/** The one of this name or alias, in any case. */
export function publishedNamed(name: string): Published | undefined {
  const wanted = name.toLowerCase();
  return published.find((one) => one.name === wanted || one.aliases.includes(wanted));
}

/** Every word that means one. */
export const publishedWords = (): string[] => published.flatMap(({ name, aliases }) => [name, ...aliases]);
