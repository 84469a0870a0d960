// Memory for decoded pictures, shared by all decoding threads: large pictures wait for one another, whatever the number of threads.
import { totalmem } from "node:os";

/** At the most, as measured: an interlaced PNG of 16 bits with transparency. */
const bytesPerPixel = 12;
const mebibyte = 2 ** 20;
const [leastMebibytes, shareOfAll] = [1536, 1 / 4];

/** MiB that are free, and MiB in all, on memory that threads share. */
export type Shared = Int32Array<SharedArrayBuffer>;

/** A quarter of the machine's memory; a picture of a hundred megapixels has room in any case. */
export function sharedBudget(
  mebibytes = Math.max(leastMebibytes, Math.floor((totalmem() * shareOfAll) / mebibyte)),
): Shared {
  const shared = new Int32Array(new SharedArrayBuffer(2 * Int32Array.BYTES_PER_ELEMENT));
  return shared.fill(mebibytes);
}

/** Resolves once there is room for so many pixels, or all of it for more than fit; gives what returns it. */
export async function takeRoom(shared: Shared, pixels: number): Promise<() => void> {
  const wanted = Math.min(shared[1]!, Math.ceil((pixels * bytesPerPixel) / mebibyte));
  for (;;) {
    const free = Atomics.load(shared, 0);
    if (free < wanted) await Atomics.waitAsync(shared, 0, free).value;
    else if (Atomics.compareExchange(shared, 0, free, free - wanted) === free) break;
  }
  return () => {
    Atomics.add(shared, 0, wanted);
    Atomics.notify(shared, 0);
  };
}
