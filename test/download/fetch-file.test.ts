// Downloads from servers that break off, lie about lengths, ignore ranges, refuse, redirect and hang.
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { fetchFile } from "../../src/download/fetch-file.ts";
import { UserError } from "../../src/errors.ts";
import { temporaryFolder } from "../runtime/setup/support.ts";
import { breaksOff, good, hangs, says, serve } from "./server.ts";

const bytes = Uint8Array.from({ length: 400_000 }, (_, i) => (i * i + 7 * i) % 251);
const other = bytes.map((byte) => byte ^ 1);
const file = { bytes };

const patience = { tries: 3, wait: 1, timeout: 2000 };

/** Where a range begins; NaN where there is none. */
const startOf = (range: string | undefined): number => Number(/^bytes=(\d+)-$/.exec(range ?? "")?.[1] ?? Number.NaN);

type Fetched = { readonly received: number; readonly error?: UserError; readonly told: [number, number | undefined][] };

async function fetching(
  url: string,
  target: string,
  more: { bytes?: number; timeout?: number; tries?: number } = {},
): Promise<Fetched> {
  const told: [number, number | undefined][] = [];
  const { timeout = patience.timeout, tries = patience.tries, ...wanted } = more;
  try {
    const onBytes = (done: number, total: number | undefined): number => told.push([done, total]);
    const received = await fetchFile({ url, file: target, ...wanted }, onBytes, { ...patience, timeout, tries });
    return { received, told };
  } catch (error) {
    expect(error).toBeInstanceOf(UserError);
    return { received: 0, error: error as UserError, told };
  }
}

const target = (): string => join(temporaryFolder(), "deep", "file.bin");
const isWhole = (path: string): boolean => Buffer.compare(readFileSync(path), bytes) === 0;
const filesBeside = (path: string): string[] => readdirSync(join(path, "..")).sort();

test("a whole file, its progress told to the end, and nothing left beside it", async () => {
  const { url, ranges } = await serve(good(file));
  const path = target();
  const { received, told } = await fetching(url, path, { bytes: bytes.length });
  expect([received, isWhole(path), filesBeside(path), ranges]).toEqual([bytes.length, true, ["file.bin"], [""]]);
  expect([told[0], told.at(-1)]).toEqual([
    [0, bytes.length],
    [bytes.length, bytes.length],
  ]);
});

test("where the server breaks off, it goes on from there", async () => {
  const { url, ranges } = await serve(breaksOff(file, 200_000), breaksOff(file, 150_000), good(file));
  const path = target();
  expect((await fetching(url, path)).received).toBe(bytes.length);
  const [first, second, third] = ranges.map(startOf);
  expect([isWhole(path), first]).toEqual([true, Number.NaN]);
  expect(second).toBeGreaterThan(0);
  expect(third).toBeGreaterThan(second!);
});

test("a later process goes on from what is there", async () => {
  const { url, ranges } = await serve(breaksOff(file, 300_000), ...Array(2).fill(breaksOff(file, 0)), good(file));
  const path = target();
  const { error } = await fetching(url, path);
  const kept = Number(/: the connection broke off; (\d+) of 400000 bytes are kept$/.exec(error?.message ?? "")?.[1]);
  expect(error?.exitCode).toBe(74);
  expect(kept).toBeGreaterThan(0);
  expect(filesBeside(path)).toEqual(["file.bin.partial", "file.bin.partial.json"]);
  expect((await fetching(url, path)).received).toBe(bytes.length - kept);
  expect([isWhole(path), ranges.at(-1)]).toEqual([true, `bytes=${kept}-`]);
});

test("another version meanwhile, or another address: it begins anew", async () => {
  const changed = good({ bytes, etag: '"two"' });
  const first = await serve(breaksOff({ bytes: other }, 300_000), changed);
  const path = target();
  await fetching(first.url, path);
  expect(isWhole(path)).toBe(true);
  expect(startOf(first.ranges[1])).toBeGreaterThan(0);

  const second = await serve(breaksOff({ bytes: other }, 300_000));
  const third = await serve(good(file));
  await fetching(second.url, `${path}2`, { tries: 1 });
  await fetching(third.url, `${path}2`);
  expect([isWhole(`${path}2`), third.ranges]).toEqual([true, [""]]);
});

test("a server that ignores Range sends the whole once more", async () => {
  const whole = says(200, { "content-length": bytes.length, etag: '"one"' }, bytes);
  const { url, ranges } = await serve(breaksOff(file, 300_000), whole);
  const path = target();
  expect((await fetching(url, path)).received).toBeGreaterThan(bytes.length);
  expect(isWhole(path)).toBe(true);
  expect(startOf(ranges[1])).toBeGreaterThan(0);
});

test.each([
  ["a weak ETag", { etag: 'W/"one"' }],
  ["nothing that tells versions apart", {}],
])("with %s there is no going on", async (_, headers) => {
  const whole = { "content-length": bytes.length, ...headers };
  const breaking: typeof hangs = (_request, response) => {
    response.writeHead(200, whole).write(bytes.subarray(0, 300_000), () => response.destroy());
  };
  const { url, ranges } = await serve(breaking, says(200, whole, bytes));
  const path = target();
  await fetching(url, path);
  expect([isWhole(path), ranges]).toEqual([true, ["", ""]]);
});

test("a date of change is as good as an ETag", async () => {
  const date = "Sun, 28 Aug 2016 00:00:00 GMT";
  const seen: string[] = [];
  const { url } = await serve(
    (_, response) => {
      response.writeHead(200, { "content-length": bytes.length, "last-modified": date });
      response.write(bytes.subarray(0, 300_000), () => response.destroy());
    },
    ({ headers }, response) => {
      const from = startOf(String(headers.range));
      seen.push(String(headers["if-range"]));
      response.writeHead(206, {
        "content-length": bytes.length - from,
        "content-range": `bytes ${from}-${bytes.length - 1}/${bytes.length}`,
      });
      response.end(bytes.subarray(from));
    },
  );
  const path = target();
  await fetching(url, path);
  expect([isWhole(path), seen]).toEqual([true, [date]]);
});

test("a range that was not asked for is not believed", async () => {
  const wrong = says(206, { "content-range": "bytes 0-399999/400000", "content-length": bytes.length }, bytes);
  const { url } = await serve(breaksOff(file, 300_000), wrong, good(file));
  const path = target();
  await fetching(url, path);
  expect(isWhole(path)).toBe(true);
});

test("where the file has become shorter than what is there, it begins anew", async () => {
  const { url } = await serve(breaksOff({ bytes: other }, 300_000), says(416, {}), good(file));
  const path = target();
  await fetching(url, path);
  expect(isWhole(path)).toBe(true);
});

test("a length that promises more than comes", async () => {
  const headers = { "content-length": bytes.length + 10, etag: '"one"' };
  const { url, ranges } = await serve(says(200, headers, bytes));
  const path = target();
  const { error } = await fetching(url, path, { timeout: 50, tries: 1 });
  expect([error?.exitCode, ranges.length, existsSync(path)]).toEqual([74, 1, false]);
});

test("a length that promises less than comes: what was promised, and no more", async () => {
  const { url } = await serve((_, response) => {
    response.socket?.end(`HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n${"x".repeat(2000)}`);
  });
  const path = target();
  const { error } = await fetching(url, path);
  // Either is right: a connection with something left over is broken off, or what came is whole.
  expect(error === undefined ? readFileSync(path).length : error.exitCode).toBe(error === undefined ? 1000 : 74);
});

test("another length than the one that is known", async () => {
  const { url, ranges } = await serve(good(file));
  const path = target();
  const { error } = await fetching(url, path, { bytes: 399_999 });
  expect(error?.message).toBe(`${url}: the server announces 400000 bytes, expected 399999`);
  expect([error?.exitCode, ranges.length, existsSync(path)]).toEqual([74, 1, false]);
});

test("without a length the end is the end", async () => {
  const { url } = await serve((_, response) => response.writeHead(200).end(bytes));
  const path = target();
  const { told } = await fetching(url, path);
  expect([isWhole(path), told.at(-1)]).toEqual([true, [bytes.length, undefined]]);
});

test.each([404, 403])("status %i is final", async (status) => {
  const { url, ranges } = await serve(says(status, {}));
  const { error } = await fetching(url, target());
  expect([error?.message, error?.exitCode]).toEqual([`${url}: the server answers with status ${status}`, 74]);
  expect(ranges).toHaveLength(1);
});

test.each([500, 503, 429])("after status %i it asks again", async (status) => {
  const { url } = await serve(says(status, {}), good(file));
  const path = target();
  await fetching(url, path);
  expect(isWhole(path)).toBe(true);
});

test("but not for ever", async () => {
  const { url, ranges } = await serve(says(500, {}));
  const { error } = await fetching(url, target());
  expect([error?.message, ranges.length]).toEqual([`${url}: the server answers with status 500`, 3]);
});

test("redirects are followed, with the range", async () => {
  const { url: there, ranges } = await serve(breaksOff(file, 300_000), good(file));
  const { url } = await serve(says(302, { location: there }));
  const path = target();
  await fetching(url, path);
  expect(isWhole(path)).toBe(true);
  expect(startOf(ranges[1])).toBeGreaterThan(0);
});

test("a circle of redirects ends", async () => {
  const { url } = await serve((_, response) => response.writeHead(302, { location: "/file.bin" }).end());
  const { error } = await fetching(url, target());
  expect([error?.message, error?.exitCode]).toEqual([`${url}: the server answers with status 302`, 74]);
});

test("a server that hangs, before its answer and within it", async () => {
  const { url } = await serve(hangs);
  const before = await fetching(url, target(), { timeout: 50, tries: 1 });
  expect(before.error?.message).toBe(`${url}: no answer in time`);
  const { url: within } = await serve((_, response) => {
    response.writeHead(200, { "content-length": bytes.length, etag: '"one"' }).write(bytes.subarray(0, 9));
  });
  const { error } = await fetching(within, target(), { timeout: 50, tries: 1 });
  expect(error?.message).toBe(`${within}: nothing more came in time; 9 of 400000 bytes are kept`);
});

test("nobody there: one try, and no waiting", async () => {
  const { error } = await fetching("http://127.0.0.1:9/file.bin", target());
  expect([error?.exitCode, error?.message]).toEqual([74, expect.stringContaining("ECONNREFUSED 127.0.0.1:9")]);
});

test("a note that is damaged is none", async () => {
  const { url, ranges } = await serve(breaksOff(file, 300_000), good(file));
  const path = target();
  await fetching(url, path, { tries: 1 });
  writeFileSync(`${path}.partial.json`, "{");
  await fetching(url, path);
  expect([isWhole(path), ranges.at(-1)]).toEqual([true, ""]);
});

test("it goes by the proxy that the environment names, but for no_proxy", async () => {
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on("connect", (request, socket) => {
    asked.push(request.url ?? "");
    socket.end("HTTP/1.1 403 Forbidden\r\n\r\n");
  });
  await new Promise<void>((done) => proxy.listen(0, "127.0.0.1", done));
  try {
    vi.stubEnv("http_proxy", `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    const { error } = await fetching("http://weights.example/file.bin", target());
    expect(error?.exitCode).toBe(74);
    expect(asked[0]).toBe("weights.example:80");
    vi.stubEnv("no_proxy", "127.0.0.1");
    const { url } = await serve(good(file));
    const path = target();
    await fetching(url, path);
    expect(isWhole(path)).toBe(true);
  } finally {
    vi.unstubAllEnvs();
    proxy.close();
  }
});
