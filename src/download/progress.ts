// How a download says how far it is.

/** Called with the bytes so far and, where known, the bytes expected. */
export type OnBytes = (bytes: number, expected: number | undefined) => void;
