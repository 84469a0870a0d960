// inception predict: what a trained network sees in single pictures.
import { type Command, Option } from "commander";
import { formatTable, print, printJson } from "../print.ts";
import { wholeNumber } from "./eval.ts";

type Options = { model?: string; top: number; checkpoint: "last" | "best"; raw?: boolean; json?: boolean };

export function registerPredict(program: Command): void {
  program
    .command("predict")
    .description("name the most probable classes of pictures")
    .argument("<image...>", "JPEG, PNG or WebP files")
    .option("--model <path>", "a run folder or a checkpoint (default: the newest run)")
    .option("-k, --top <n>", "how many classes", wholeNumber, 5)
    .addOption(
      new Option("--checkpoint <which>", "which of a run's checkpoints").choices(["best", "last"]).default("best"),
    )
    .option("--raw", "the raw weights instead of their running average")
    .option("--json", "print the result as one JSON document")
    .addHelpText(
      "after",
      `
Examples:
  inception predict holiday.jpg
  inception predict photos/*.jpg --model runs/train/quickstart-1 --top 3 --json`,
    )
    .action(run);
}

async function run(images: string[], { model: path, top, checkpoint, raw = false, json }: Options): Promise<void> {
  const { openChosen } = await import("../chosen-model.ts");
  const { predictFiles } = await import("../../evaluate/predict.ts");
  const model = openChosen(path, { which: checkpoint, raw });
  const predictions = await predictFiles(model, images, top);
  const named = predictions.map(({ name, top }) => ({
    image: name,
    top: top.map(({ class: index, probability }) => ({ class: model.classes[index]!, probability })),
  }));
  if (json) return printJson({ schema: "inception.predict/1", model: model.path, predictions: named });
  const rows = named.flatMap(({ image, top }) =>
    top.map(({ class: name, probability }, i) => [i === 0 ? image : "", name, `${(100 * probability).toFixed(2)}%`]),
  );
  print(formatTable(["image", "class", "probability"], rows));
}
