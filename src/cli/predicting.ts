// The work of `inception predict`: pictures from words or standard input, and what is done with each prediction as it comes.
import { buffer, text } from "node:stream/consumers";
import { UserError } from "../errors.ts";
import type { Prediction } from "../evaluate/metrics.ts";
import type { Model } from "../evaluate/model.ts";
import { predictions } from "../evaluate/predict.ts";
import { sortInto, uncertainFolder } from "../evaluate/sorting.ts";
import type { BadPicture } from "../images/batches.ts";
import type { Item } from "../images/sources/listing.ts";
import { namedPictures } from "../images/sources/named.ts";
import type { Named } from "./prediction-output.ts";
import { note } from "./print.ts";
import { formatDuration, progressBar } from "./progress.ts";

/** The word for one picture on standard input. */
const stdinWord = "-";

/** Throws UserError("usage") where nothing is named, or standard input is to be two things; ("data") for folders and patterns without pictures. */
export async function picturesIn(words: readonly string[], fromStdin: boolean): Promise<Item[]> {
  const wantsPicture = words.includes(stdinWord);
  if (fromStdin && wantsPicture)
    throw new UserError("usage", "standard input is either a list of paths (--from-stdin) or a picture (-), got both");
  const listed = fromStdin ? (await text(process.stdin)).split(/\r?\n/).filter((line) => line !== "") : [];
  const items = await namedPictures([...words.filter((word) => word !== stdinWord), ...listed]);
  if (wantsPicture) items.push({ name: "stdin", label: 0, source: { bytes: shared(await buffer(process.stdin)) } });
  if (items.length > 0) return items;
  throw new UserError("usage", "no pictures are named", { hint: "give files or folders, or paths by --from-stdin" });
}

function shared(bytes: Uint8Array): Uint8Array {
  const copy = new Uint8Array(new SharedArrayBuffer(bytes.length));
  copy.set(bytes);
  return copy;
}

type Asked = {
  readonly top: number;
  readonly threshold: number | undefined;
  readonly sortInto: string | undefined;
  /** Gets each batch in the pictures' order. */
  readonly add: (named: readonly Named[]) => void;
};

/** Those that could not be read, which were told. */
export async function predictAll(model: Model, items: readonly Item[], asked: Asked): Promise<BadPicture[]> {
  const rejected: BadPicture[] = [];
  const bar = items.length > model.batch ? progressBar("predict", items.length) : undefined;
  const began = performance.now();
  const onBad = (bad: BadPicture): void => {
    rejected.push(bad);
    note(`error: ${bad.name}: ${bad.reason}`);
  };
  let done = 0;
  try {
    for await (const some of predictions(model, items, { k: asked.top, onBad })) {
      const named = some.map((one) => nameOf(one, model, asked.threshold));
      if (asked.sortInto !== undefined) for (const one of named) await sortOne(asked.sortInto, one);
      asked.add(named);
      done += named.length;
      const rate = (1000 * done) / (performance.now() - began);
      const left = formatDuration((items.length - done - rejected.length) / rate);
      bar?.update(done + rejected.length, `${left} left`, `${rate.toFixed(1)} images/s`);
    }
  } finally {
    bar?.stop();
  }
  return rejected;
}

function nameOf({ name, top }: Prediction, { classes }: Model, threshold: number | undefined): Named {
  const named = top.map(({ class: index, probability }) => ({ class: classes[index]!, probability }));
  const accepted = threshold === undefined ? {} : { accepted: named[0]!.probability >= threshold };
  return { image: name, top: named, ...accepted };
}

const sortOne = (folder: string, { image, top, accepted }: Named): Promise<string> =>
  sortInto(folder, accepted === false ? uncertainFolder : top[0]!.class, image);
