// What a run may be gone on with although it differs: keys of its experiment, and its pictures.

export type Drift = ReadonlySet<string>;
export const noDrift: Drift = new Set();
/** The word for pictures that were added, taken away or changed, those of validation included. */
export const pictures = "pictures";
