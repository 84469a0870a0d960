// What this machine has of memory.
import { freemem } from "node:os";

/** Bytes that the system, or this process's share of it, has left; where the system does not say, all that anything needs. */
export const freeMemory = (): number =>
  process.platform === "linux"
    ? Math.min(freemem(), process.constrainedMemory() || Number.POSITIVE_INFINITY)
    : Number.POSITIVE_INFINITY;
