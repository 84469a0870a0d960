// Who is heard on a port.
import { connect, createServer, type Server } from "node:net";
import { afterEach, describe, expect, test } from "vitest";
import { admitOnly, listeningInodes } from "../../src/runtime/admission.ts";
import { needs } from "../needs.ts";

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});

/** On every address of the machine, as TensorFlow listens. */
const listening = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer((socket) => socket.end("heard"));
    servers.push(server);
    server.listen(0, () => resolve((server.address() as { port: number }).port));
  });

const isHeard = (port: number, host: string, localAddress: string): Promise<boolean> =>
  new Promise((resolve) => {
    const socket = connect({ port, host, localAddress });
    const end = (heard: boolean) => () => {
      socket.destroy();
      resolve(heard);
    };
    socket.setTimeout(400, end(false)).on("data", end(true)).on("error", end(false));
  });

describe("a port that admits one address", needs("linux"), () => {
  test("hears it and no other, on any of the machine's", async () => {
    const port = await listening();
    expect(await isHeard(port, "127.0.0.1", "127.0.0.2")).toBe(true);
    expect(admitOnly(port, ["127.0.0.1", "127.0.0.3"])).toBe(true);
    expect(await isHeard(port, "127.0.0.1", "127.0.0.1")).toBe(true);
    expect(await isHeard(port, "127.0.0.1", "127.0.0.3")).toBe(true);
    expect(await isHeard(port, "127.0.0.1", "127.0.0.2")).toBe(false);
    expect(await isHeard(port, "::1", "::1")).toBe(false);
  });

  test("is said to be open where nothing listens on it", () => {
    expect(admitOnly(1, ["127.0.0.1"])).toBe(false);
  });
});

test("sockets that listen are told from those that are connected", () => {
  const table = `  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 00000000:08AE 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4711 1 0 100 0 0 10 0
   1: 0100007F:08AE 0100007F:D431 01 00000000:00000000 00:00000000 00000000     0        0 4712 1 0 20 4 30 10 -1
   2: 00000000:08AF 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4713 1 0 100 0 0 10 0
`;
  expect(listeningInodes(table, 0x8ae)).toEqual(["4711"]);
});
