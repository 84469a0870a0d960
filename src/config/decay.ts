// Decays of running averages, by the steps that they are over.

/** The decay of a running average over so many steps, two at least, and no slower than the paper's. */
export const decayOver = (steps: number): number => Math.min(0.9999, Number((1 - 1 / Math.max(2, steps)).toFixed(5)));
