// inception import: weights of another program as a checkpoint that eval and predict take.
import type { Command } from "commander";
import { largestSize, networkNames } from "../../network/options.ts";
import { pixelsNames, sources } from "../../published/choices.ts";
import { acts, choice, flag, type OptionsOf, text, wholeNumber } from "../options.ts";
import { note, print, printJson } from "../print.ts";

const options = {
  output: text("<folder>", "where the checkpoint goes (default: runs/import/<network>-N)", { short: "o" }),
  source: choice("<program>", "whose names the tensors have (default: found by the names)", { choices: sources }),
  network: choice("<name>", "which network it is (default: found by the names)", { choices: networkNames }),
  labels: text("<file>", "names of the classes, one on each line, in order"),
  size: wholeNumber("<pixels>", "side of the network's input (default: its program's)", { most: largestSize }),
  preset: choice("<name>", "how a single crop is cut (default: its program's)", {
    choices: ["tf", "torchvision", "timm"],
  }),
  pixels: choice("<range>", "what the network sees of a byte (default: its program's)", { choices: pixelsNames }),
  backgroundClass: flag("the first class is one that no picture has (default: where there are 1001)"),
  partial: flag("take what matches: missing tensors start anew, others are dropped"),
  sha256: text("<hex>", "refuse a file with another hash"),
  json: flag("print the result as one JSON document"),
};

export function registerImport(program: Command): void {
  acts(program.command("import"), options, run)
    .description("make a checkpoint of weights that torchvision, timm, Keras, TF-Slim or Caffe trained")
    .argument(
      "<file>",
      ".pth, .safetensors, .h5, .keras, model.json, a TensorFlow checkpoint, .caffemodel, or a folder",
    )
    .addHelpText("after", help);
}

const help = `
Every tensor is accounted for. Unless all match, nothing is written (exit 7)
but with --partial. Preprocessing, classes and network are stored with the
weights, so that eval and predict need no flags for them.

Examples:
  inception import inception_v3_google-0cc3c7bd.pth -o models/inception-v3
  inception import bvlc_googlenet.caffemodel --labels synset_words.txt
  inception import model.json --pixels zero-one
  inception predict holiday.jpg --model models/inception-v3`;

async function run(file: string, { output, json, ...request }: OptionsOf<typeof options>): Promise<void> {
  const { importWeights } = await import("../../weights/import.ts");
  const { describeImport, listFaults } = await import("../import-report.ts");
  const { writeImported } = await import("../../weights/imported.ts");
  const imported = await importWeights(file, {
    ...request,
    onMatch: (match) => {
      for (const line of listFaults(match)) note(line);
    },
  });
  const { folder, checkpoint } = writeImported(imported, output);
  const { importDocument } = await import("../documents/weights.ts");
  if (json) return printJson(importDocument(file, imported, { folder, checkpoint }));
  print(describeImport(file, imported, folder));
}
