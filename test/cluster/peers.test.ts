// Two members of a cluster, here in one process, each with a server of its own.
import { expect, test } from "vitest";
import { agree, join } from "../../src/cluster/peers.ts";
import { freeAddresses } from "./free-ports.ts";

test("members hear each other's words, long and short, and leave together", async () => {
  const tasks = await freeAddresses(2);
  const asked = new AbortController().signal;
  const [chief, other] = await Promise.all([0, 1].map((index) => join({ tasks, index }, asked)));
  expect(chief!.isClosed).toBe(process.platform === "linux");
  const [long, short] = [{ text: "é\n".repeat(20_000) }, { text: "", numbers: [1e-300, -7] }];
  const heard = await Promise.all([chief!.gather(long), other!.gather(short)]);
  expect(heard).toEqual([
    [long, short],
    [long, short],
  ]);
  expect(await Promise.all([agree(chief!, "go"), agree(other!, "ignored")])).toEqual(["go", "go"]);
  await Promise.all([chief!.leave(), other!.leave()]);
});
