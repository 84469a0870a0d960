// How long an epoch is.

/** The whole batches of a set; one, going round, where the set is smaller than a batch. */
export const batchesPerEpoch = (pictures: number, batch: number): number => Math.max(1, Math.floor(pictures / batch));
