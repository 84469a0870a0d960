// The work of `inception explain`: what is asked held against the model, overlays written, and what is said of them.
import { mkdir, writeFile } from "node:fs/promises";
import { basename, dirname, extname, join } from "node:path";
import { exitCodes } from "../errors.ts";
import type { Model } from "../evaluate/model.ts";
import { resizeOf, withView } from "../evaluate/view.ts";
import { type Explanation, explanations } from "../explain/explain.ts";
import { rowsIn } from "../explain/heat.ts";
import type { MethodName } from "../explain/method.ts";
import { drawHeat, peakIn, showPicture } from "../explain/overlay.ts";
import { readRequest } from "../explain/request.ts";
import type { BadPicture } from "../images/batches.ts";
import { encodePng } from "../images/decode.ts";
import { explainIoError } from "../io-error.ts";
import { openChosen } from "./chosen-model.ts";
import type { ExplainCommandOptions } from "./commands/explain.ts";
import type { PrintedDocuments } from "./documents/printed.ts";
import { drawSheet, lostPoints, sheetSide } from "./explanation-sheet.ts";
import { type PictureRows, pictureTable } from "./picture-table.ts";
import { picturesIn } from "./predicting.ts";
import { note, print } from "./print.ts";
import { picturesBar } from "./progress.ts";

type Document = PrintedDocuments["inception.explain/1"];
type Explained = Document["explanations"][number];

/** Prints the table unless a document is wanted, and gives that. Throws UserError("usage") for a class, a layer or a patch that the model has not. */
export async function explainPictures(words: readonly string[], given: ExplainCommandOptions): Promise<Document> {
  const { model: path, checkpoint, raw = false, jpegReduction, output, method, top, fromStdin = false } = given;
  const { class: named, layer, patch, stride, json = false, ...view } = given;
  const items = await picturesIn(words, fromStdin);
  const model = withView(openChosen(path, { which: checkpoint, raw, jpegReduction }), view);
  const asked = readRequest(model, { method, top, class: named, layer, patch, stride }, "--");
  const rejected: BadPicture[] = [];
  const onBad = (bad: BadPicture): void => {
    rejected.push(bad);
    note(`error: ${bad.name}: ${bad.reason}`);
  };
  const bar = items.length > 1 ? picturesBar("explain", items.length) : undefined;
  const done: Explained[] = [];
  const free = freeNames();
  try {
    for await (const one of explanations(model, items, { ...asked, onBad })) {
      const to = { stem: join(output, free(one.item.name)), methods: asked.methods, known: asked.trueOf(one.item) };
      done.push(await write(one, model, to));
      bar?.update(done.length + rejected.length);
    }
  } finally {
    bar?.stop();
  }
  if (rejected.length > 0) process.exitCode = exitCodes.data;
  if (!json && done.length > 0) print(pictureTable(["class", "probability", ...asked.methods], done.map(rowsOf)));
  if (!json && done.length > 0) print(`written to ${output}`);
  return {
    schema: "inception.explain/1",
    model: model.path,
    resize: resizeOf(model, "single"),
    layer: asked.methods.includes("grad-cam") ? asked.stage : null,
    patch: asked.methods.includes("occlusion") ? asked.patch : null,
    explanations: done,
    rejected,
  };
}

/** A name for each picture's files: its own without folders and ending, with a number where another has it. */
function freeNames(): (name: string) => string {
  const taken = new Set<string>();
  return (name) => {
    const own = basename(name, extname(name));
    let free = own;
    for (let number = 2; taken.has(free); number++) free = `${own}-${number}`;
    taken.add(free);
    return free;
  };
}

type Writing = {
  /** Of its files' names. */
  readonly stem: string;
  readonly methods: readonly MethodName[];
  /** The true class, where it is known. */
  readonly known: number | undefined;
};

async function write(
  { item, classes }: Explanation,
  model: Model,
  { stem, methods, known }: Writing,
): Promise<Explained> {
  const shown = await showPicture(item, model);
  const sheet = `${stem}.png`;
  const columns = classes.map(({ class: one, ...rest }) => ({
    ...rest,
    name: model.classes[one]!,
    isTrue: one === known,
  }));
  await save(sheet, await drawSheet(await showPicture(item, model, sheetSide), columns, methods));
  const explained = [];
  for (const [i, { name, probability, isTrue, heats }] of columns.entries()) {
    const found = [];
    for (const method of methods) {
      const heat = heats[method]!;
      const file = `${stem}-${method}-${i + 1}.png`;
      await save(file, await encodePng(drawHeat(shown, heat.map), shown.width, shown.height));
      found.push({ method, file, peak: peakIn(heat, shown), measured: rowsIn(heat.measured) });
    }
    explained.push({ class: name, probability, isTrue, heats: found });
  }
  return { image: item.name, ...shown.original, sheet, classes: explained };
}

async function save(file: string, png: Uint8Array): Promise<void> {
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, png);
  } catch (error) {
    throw explainIoError(error, "writing", file, png.length);
  }
}

const rowsOf = ({ image, classes }: Explained): PictureRows => ({
  image,
  rows: classes.map(({ class: name, probability, isTrue, heats }) => [
    isTrue ? `${name} (true)` : name,
    `${(100 * probability).toFixed(2)}%`,
    ...heats.map(placeOf),
  ]),
});

/** The place where the class is seen most; of occlusion also by how many points of the probability. */
function placeOf({ method, peak }: Explained["classes"][number]["heats"][number]): string {
  if (peak === null) return "nowhere";
  const at = `at ${peak.x}, ${peak.y}`;
  return method === "occlusion" ? `${at} (${lostPoints(peak.value)})` : at;
}
