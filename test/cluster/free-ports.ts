// Addresses of this machine on which nothing listens.
import { createServer } from "node:net";

export const freeAddresses = (count: number): Promise<string[]> =>
  Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
      const { port } = server.address() as { port: number };
      await new Promise((resolve) => server.close(resolve));
      return `127.0.0.1:${port}`;
    }),
  );
