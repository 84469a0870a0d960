// A file from the network: what broke off goes on where it was, in this process or in a later one.
import { mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { UserError } from "../errors.ts";
import { type Answer, NetworkFault, withAnswer } from "./connect.ts";
import { type PartialFile, partialFile, type Version } from "./partial-file.ts";
import type { OnBytes } from "./progress.ts";

export interface Wanted {
  readonly url: string;
  /** Where it goes; until it is whole, what there is of it lies in `<file>.partial`. */
  readonly file: string;
  /** How long it has to be, where that is known. */
  readonly bytes?: number;
}

export interface Patience {
  /** Tries in a row that bring hardly anything. */
  readonly tries: number;
  /** Milliseconds before the second try; each later one waits twice as long. */
  readonly wait: number;
  /** Milliseconds for a connection, for an answer and between two pieces of it. */
  readonly timeout: number;
}

const usual: Patience = { tries: 5, wait: 1000, timeout: 30_000 };

/** A try that brings so many bytes was worth it. */
const worthwhile = 2 ** 20;

/**
 * Returns how many bytes came over the network. Their content is not checked.
 *
 * @throws UserError("io") where the server cannot be reached, refuses, or announces another length; what came stays for another time.
 */
export async function fetchFile(wanted: Wanted, onBytes: OnBytes, patience: Patience = usual): Promise<number> {
  mkdirSync(dirname(wanted.file), { recursive: true });
  const partial = partialFile(wanted.file);
  let received = 0;
  for (let failures = 0; ; ) {
    const counted = { bytes: 0 };
    try {
      await fetchRest(wanted, partial, patience.timeout, onBytes, counted);
      partial.finish();
      return received + counted.bytes;
    } catch (error) {
      const fault = asTemporary(error);
      if (fault === undefined) throw error;
      received += counted.bytes;
      failures = counted.bytes >= worthwhile ? 1 : failures + 1;
      if (failures >= patience.tries || (fault.unreachable && received === 0)) throw givenUp(wanted, partial, fault);
      await sleep(patience.wait * 2 ** (failures - 1));
    }
  }
}

type Fault = { readonly message: string; readonly unreachable: boolean; readonly cause: unknown };

/** What may be otherwise the next time. */
class Refusal extends Error {}
const asTemporary = (error: unknown): Fault | undefined =>
  error instanceof NetworkFault
    ? { message: error.message, unreachable: error.unreachable, cause: error }
    : error instanceof Refusal
      ? { message: error.message, unreachable: false, cause: error }
      : undefined;

async function fetchRest(
  { url, bytes }: Wanted,
  partial: PartialFile,
  timeout: number,
  onBytes: OnBytes,
  counted: { bytes: number },
): Promise<void> {
  const begun = partial.begun();
  const version = begun.version?.url === url ? begun.version : undefined;
  const from = version === undefined ? 0 : begun.bytes;
  if (from > 0 && from === version?.total) return;
  const headers = from > 0 ? { range: `bytes=${from}-`, "if-range": version!.validator } : {};
  await withAnswer(url, { headers, timeout }, async (answer) => {
    const range = answer.status === 206 ? rangeOf(answer) : undefined;
    const goesOn = range !== undefined && range.from === from && range.total === version?.total;
    if (!goesOn && answer.status !== 200) throw refusal(url, answer, partial);
    const total = goesOn ? range.total : lengthOf(answer);
    if (bytes !== undefined && total !== undefined && total !== bytes)
      throw new UserError("io", `${url}: the server announces ${total} bytes, expected ${bytes}`);
    if (!goesOn) partial.begin(versionOf(url, answer, total));
    let before = goesOn ? from : 0;
    await partial.append(answer.body, (now) => {
      counted.bytes += now - before;
      before = now;
      onBytes(now, total ?? bytes);
    });
    if (total !== undefined && before !== total) throw new Refusal(`it sent ${before} of ${total} bytes`);
  });
}

/** After 416, and after a range that was not asked for, what there is belongs to another file. */
function refusal(url: string, { status }: Answer, partial: PartialFile): Error {
  if (status === 206 || status === 416) partial.remove();
  const message = `the server answers with status ${status}`;
  const mayPass = status >= 500 || [206, 408, 416, 429].includes(status);
  return mayPass ? new Refusal(message) : new UserError("io", `${url}: ${message}`);
}

function rangeOf(answer: Answer): { readonly from: number; readonly total: number } | undefined {
  const [, from, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(answer.header("content-range") ?? "") ?? [];
  return total === undefined ? undefined : { from: Number(from), total: Number(total) };
}

function lengthOf(answer: Answer): number | undefined {
  const length = answer.header("content-length");
  return length === undefined ? undefined : Number(length);
}

/** A weak ETag says nothing of single bytes. */
function versionOf(url: string, answer: Answer, total: number | undefined): Version | undefined {
  const tag = answer.header("etag");
  const validator = tag?.startsWith('"') ? tag : answer.header("last-modified");
  return validator === undefined || total === undefined ? undefined : { url, validator, total };
}

function givenUp({ url }: Wanted, partial: PartialFile, { message, cause }: Fault): UserError {
  const { bytes, version } = partial.begun();
  const kept = bytes > 0 && version !== undefined;
  return new UserError("io", `${url}: ${message}${kept ? `; ${bytes} of ${version.total} bytes are kept` : ""}`, {
    cause,
    ...(kept ? { hint: "run the command again to go on" } : {}),
  });
}
