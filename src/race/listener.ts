// Who hears of the races of this process.

/** How many races are over, of how many. */
export type Listener = (done: number, of: number) => void;

export const races: { listener: Listener } = { listener: () => {} };
