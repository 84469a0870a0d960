// A local server that can misbehave: each request is answered by the next behaviour, the last one from then on.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach } from "vitest";

export type Behaviour = (request: IncomingMessage, response: ServerResponse) => void;

export interface LocalServer {
  readonly url: string;
  /** The header Range of each request, in order; "" where there is none. */
  readonly ranges: string[];
  readonly paths: string[];
}

const servers: Server[] = [];
afterEach(async () => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    await new Promise((done) => server.close(done));
  }
});

export async function serve(...behaviours: readonly Behaviour[]): Promise<LocalServer> {
  const ranges: string[] = [];
  const paths: string[] = [];
  const server = createServer((request, response) => {
    const behaviour = behaviours[Math.min(ranges.length, behaviours.length - 1)]!;
    ranges.push(request.headers.range ?? "");
    paths.push(request.url ?? "");
    behaviour(request, response);
  });
  servers.push(server);
  await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/file.bin`, ranges, paths };
}

type File = { readonly bytes: Uint8Array; readonly etag?: string | undefined };

/** As a good server does: ranges of the version that If-Range names, the whole of any other. */
export const good =
  ({ bytes, etag = '"one"' }: File): Behaviour =>
  (request, response) => {
    const { from, status, headers } = answerTo(request, bytes, etag);
    response.writeHead(status, headers).end(bytes.subarray(from));
  };

/** The same, but it hangs up after so many bytes; the last of them may be lost on the way. */
export const breaksOff =
  (file: File, after: number): Behaviour =>
  (request, response) => {
    const { from, status, headers } = answerTo(request, file.bytes, file.etag ?? '"one"');
    response.writeHead(status, headers);
    response.write(file.bytes.subarray(from, from + after), () => response.destroy());
  };

/** Headers of the caller's, and whatever bytes. */
export const says =
  (
    status: number,
    headers: Readonly<Record<string, string | number>>,
    bytes: Uint8Array = new Uint8Array(),
  ): Behaviour =>
  (_, response) => {
    response.strictContentLength = false;
    response.writeHead(status, headers);
    response.write(bytes, () => response.end());
  };

export const hangs: Behaviour = () => {};

function answerTo({ headers }: IncomingMessage, bytes: Uint8Array, etag: string) {
  const asked = /^bytes=(\d+)-$/.exec(headers.range ?? "")?.[1];
  const from = asked !== undefined && headers["if-range"] === etag ? Number(asked) : 0;
  const length = { "content-length": bytes.length - from, etag };
  if (asked === undefined || headers["if-range"] !== etag) return { from, status: 200, headers: length };
  return {
    from,
    status: 206,
    headers: { ...length, "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}` },
  };
}
