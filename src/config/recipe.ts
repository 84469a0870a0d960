// What a recipe is given and what it gives.

/** The training set, without what is held out. */
export type SetSize = { readonly pictures: number; readonly classes: number };

/** What of the file a recipe goes by; undefined where the file leaves it out, or where it is no such value. */
export type Given = {
  readonly network: string | undefined;
  readonly size: number | undefined;
  readonly epochs: number | undefined;
  readonly steps: number | undefined;
  readonly batch: number | undefined;
  readonly optimizer: string | undefined;
};

/** Keys of an experiment with values, in sections as in its file. */
export type Values = { readonly [key: string]: unknown };

/** The values of the keys that a file leaves out, before the schema's defaults. */
export type Recipe = (set: SetSize, given: Given) => Values;
