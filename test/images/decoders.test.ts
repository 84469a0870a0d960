// Decoding threads beside each other: what one thread sets up must not reach into the pictures of another.
import { expect, test } from "vitest";
import { encodePng } from "../../src/images/decode.ts";
import { startDecoders } from "../../src/images/decoders.ts";

const signal = new AbortController().signal;

test("threads that start while others decode refuse none of their pictures", async () => {
  const item = {
    name: "a.png",
    label: 0,
    source: { bytes: await encodePng(new Uint8Array(40 * 40 * 3).fill(90), 40, 40) },
  };
  const decode = (decoders: ReturnType<typeof startDecoders>) =>
    decoders.decode(
      {
        item,
        size: 8,
        treatment: { preset: "tf", jpegReduction: "auto" },
        target: new Uint8Array(new SharedArrayBuffer(8 * 8 * 3)),
      },
      signal,
    );
  const busy = startDecoders(2);
  const reasons = new Set<string | undefined>();
  let starting = true;
  const decoding = [1, 2, 3, 4].map(async () => {
    while (starting) reasons.add(await decode(busy));
  });
  for (let start = 0; start < 5; start++) {
    const fresh = startDecoders(4);
    reasons.add(await decode(fresh));
    await fresh.close();
  }
  starting = false;
  await Promise.all(decoding);
  await busy.close();
  expect([...reasons]).toEqual([undefined]);
});
