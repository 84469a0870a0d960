// The keys of an experiment file that change GoogLeNet and BN-Inception: one for each switch, the papers' values by default.
import { z } from "zod";
import {
  auxiliaryPools,
  earlyPaddings,
  googLeNetNorms,
  lastPools,
  paperBnInception,
  paperGoogLeNet,
  stemNorms,
  wideKernels,
} from "./early-switches.ts";

export const googLeNetKeys = {
  norm: z
    .enum(googLeNetNorms)
    .default(paperGoogLeNet.norm)
    .describe("Biases and two local response norms; batch norm (torchvision), or with an offset alone (TF-Slim)"),
  wideKernel: z
    .literal(wideKernels)
    .default(paperGoogLeNet.wideKernel)
    .describe("Side of each block's larger kernel: 5, or 3 (TF-Slim, torchvision)"),
  lastPool: z
    .literal(lastPools)
    .default(paperGoogLeNet.lastPool)
    .describe("Window of the last max pool: 3, or 2 (TF-Slim, torchvision)"),
  padding: z
    .enum(earlyPaddings)
    .default(paperGoogLeNet.padding)
    .describe("Around strided windows: TensorFlow's, or as many zeros before as after (Caffe, torchvision)"),
  auxiliaryPool: z
    .enum(auxiliaryPools)
    .default(paperGoogLeNet.auxiliaryPool)
    .describe("First in the auxiliary heads: the paper's 5x5 windows, or averages over a 4x4 grid (torchvision)"),
};

export const bnInceptionKeys = {
  stemNorm: z
    .enum(stemNorms)
    .default(paperBnInception.stemNorm)
    .describe("After the first layer: batch norm, or a bias (TF-Slim)"),
};
