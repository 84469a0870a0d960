// The decode-ahead loop of training, validation and evaluation: what comes next is in work while the caller uses what came before.

/**
 * What `begin` makes of each job, in the order of the jobs, with up to `ahead` more in work; jobs are taken no earlier than that.
 * A failure is thrown in its turn, and ends the iteration. What is in work is dropped by the signal when the caller stops early.
 */
export async function* decodeAhead<Job, Decoded>(
  jobs: Iterable<Job>,
  ahead: number,
  begin: (job: Job, signal: AbortSignal) => Promise<Decoded>,
): AsyncGenerator<Decoded, undefined> {
  const stop = new AbortController();
  const inWork: Promise<Decoded>[] = [];
  const left = jobs[Symbol.iterator]();
  const fill = (): void => {
    while (inWork.length <= ahead) {
      const { done, value } = left.next();
      if (done) return;
      const decoded = begin(value, stop.signal);
      // Its failure is thrown where it is awaited, which may be later.
      decoded.catch(() => {});
      inWork.push(decoded);
    }
  };
  try {
    for (fill(); inWork.length > 0; fill()) yield await inWork.shift()!;
  } finally {
    stop.abort();
    await Promise.allSettled(inWork);
  }
}
