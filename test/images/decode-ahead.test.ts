// The decode-ahead loop: order, how far ahead, failures in their turn, and an end without leftovers.
import { expect, test } from "vitest";
import { decodeAhead } from "../../src/images/decode-ahead.ts";

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** Work that ends when it is told to, each job on its own. */
function workshop() {
  const begun: number[] = [];
  const ends = new Map<number, (failure?: Error) => void>();
  const aborted: number[] = [];
  const begin = (job: number, signal: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      begun.push(job);
      signal.addEventListener("abort", () => {
        aborted.push(job);
        resolve("dropped");
      });
      ends.set(job, (failure) => (failure ? reject(failure) : resolve(`done ${job}`)));
    });
  return { begun, aborted, begin, end: (job: number, failure?: Error) => ends.get(job)!(failure) };
}

test.each([0, 1, 3])("results come in order with %d ahead, whichever is ready first", async (ahead) => {
  const { begun, begin, end } = workshop();
  const results = decodeAhead([0, 1, 2, 3, 4], ahead, begin);
  for (let job = 0; job < 5; job++) {
    const next = results.next();
    await tick();
    expect(begun).toEqual([0, 1, 2, 3, 4].slice(0, job + ahead + 1));
    for (const ready of begun.slice(job).reverse()) end(ready);
    expect(await next).toEqual({ done: false, value: `done ${job}` });
  }
  expect((await results.next()).done).toBe(true);
});

test("jobs are made only as they are needed", async () => {
  let made = 0;
  const endless = function* () {
    for (;;) yield made++;
  };
  const results = decodeAhead(endless(), 2, async (job) => job);
  expect(made).toBe(0);
  for (let i = 0; i < 10; i++) expect(await results.next()).toEqual({ done: false, value: i });
  expect(made).toBe(12);
  await results.return(undefined);
});

test("a failure is thrown in its turn, and what is in work after it is dropped", async () => {
  const { begin, end, aborted } = workshop();
  const results = decodeAhead([0, 1, 2, 3], 2, begin);
  const first = results.next();
  await tick();
  end(1, new Error("one is broken"));
  await tick();
  end(0);
  expect((await first).value).toBe("done 0");
  await expect(results.next()).rejects.toThrow("one is broken");
  expect(aborted).toContain(2);
  expect((await results.next()).done).toBe(true);
});

test("a caller that stops waits until nothing is in work", async () => {
  let running = 0;
  const begin = async (job: number, signal: AbortSignal) => {
    running += 1;
    while (job > 0 && !signal.aborted) await tick();
    await tick();
    running -= 1;
  };
  for await (const _ of decodeAhead([0, 1, 2, 3], 2, begin)) {
    expect(running).toBe(2);
    break;
  }
  expect(running).toBe(0);
});
