// What a form of models is to the export: how one is written, and how it is run again.
import type { Model } from "../evaluate/model.ts";
import type { PixelsPlace, Storage } from "../published/choices.ts";

/** How a model is written. */
export interface Writing {
  readonly storage: Storage;
  readonly pixels: PixelsPlace;
  /** With a page that classifies pictures. */
  readonly demo?: boolean;
}

/** Runs what was written, from the files alone. */
export interface Runner {
  /** A row of logits for each of the pictures, however many: RGB bytes, pictures * size * size * 3. */
  logits(images: Uint8Array): Promise<Float32Array[]>;
  close(): Promise<void>;
}

export interface Form {
  /** What the name of the file or folder ends with where none is given. */
  readonly ending: string;
  readonly storages: readonly Storage[];
  readonly pixels: readonly PixelsPlace[];
  /** Whether there may be a page. */
  readonly hasDemo: boolean;
  /** Whether batch norms are folded into the kernels. */
  readonly folds: boolean;
  /** Writes it to `path`, a file or a folder that does not exist. Gives what the form has not, or computes otherwise: a sentence each. */
  write(model: Model, path: string, writing: Writing): readonly string[] | Promise<readonly string[]>;
  open(path: string, model: Model): Promise<Runner>;
}
