// Processes beside this one, on the same machine, that it starts and ends.
import { spawn } from "node:child_process";
import { createServer } from "node:net";
import type { ReduceOptions } from "../bench/reduce.ts";
import type { Cluster } from "../cluster/cluster.ts";

type Others = { readonly cluster: Cluster; end(): void };

/** All but the first of so many processes that measure a sum. */
export async function startOthers(processes: number, options: ReduceOptions & { turns: number }): Promise<Others> {
  const tasks = await freeAddresses(processes);
  const given = Object.entries(options).flatMap(([key, value]) => [`--${key}`, `${value}`]);
  const started = tasks.slice(1).map((_, i) => {
    const words = ["bench", "reduce", "--workers", tasks.join(), "--task", `${i + 1}`, ...given];
    return spawn(process.execPath, [process.argv[1]!, ...words], { stdio: ["ignore", "ignore", "inherit"] });
  });
  const end = (): void => {
    for (const child of started) child.kill();
  };
  return { cluster: { tasks, index: 0 }, end };
}

/** Ports of this machine on which nothing listens just now. */
async function freeAddresses(count: number): Promise<string[]> {
  const servers = Array.from({ length: count }, () => createServer());
  const addresses = await Promise.all(
    servers.map(
      (server) =>
        new Promise<string>((resolve) =>
          server.listen(0, "127.0.0.1", () => resolve(`127.0.0.1:${(server.address() as { port: number }).port}`)),
        ),
    ),
  );
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return addresses;
}
