// Who is heard on a port: TensorFlow listens on every address of a machine and asks nobody for a password.
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { attachFilter } from "../system.ts";

/**
 * From now on the kernel drops what comes from other IPv4 addresses than these to a port on which this process listens, and to
 * connections that it takes there. False where that cannot be had: it is Linux that has such filters.
 */
export function admitOnly(port: number, addresses: readonly string[]): boolean {
  if (process.platform !== "linux") return false;
  const sockets = listeners(port);
  return sockets.length > 0 && sockets.every((fd) => attachFilter(fd, filterOf(addresses)));
}

/** Descriptors of this process's sockets that listen on the port. */
function listeners(port: number): number[] {
  const inodes = new Set(["tcp", "tcp6"].flatMap((family) => listeningInodes(readTable(family), port)));
  return readdirSync("/proc/self/fd").flatMap((fd) => (inodes.has(inodeOf(fd)) ? [Number(fd)] : []));
}

const readTable = (family: string): string => {
  try {
    return readFileSync(`/proc/self/net/${family}`, "utf8");
  } catch {
    return "";
  }
};

/** Of a table of /proc/net: sockets in the state LISTEN with this local port. */
export const listeningInodes = (table: string, port: number): string[] =>
  table
    .split("\n")
    .slice(1)
    .map((line) => line.trim().split(/\s+/))
    .filter(([, local, , state]) => state === "0A" && Number.parseInt(local!.split(":").at(-1)!, 16) === port)
    .map((fields) => fields[9]!);

const inodeOf = (fd: string): string => {
  try {
    return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/self/fd/${fd}`))?.[1] ?? "";
  } catch {
    return "";
  }
};

type Instruction = { readonly code: number; readonly yes?: number; readonly no?: number; readonly k: number };

/** Instructions of the classic packet filter (linux/filter.h): load a word or a byte, shift, jump where equal, return. */
const [loadWord, loadByte, shiftRight, jumpIfEqual, giveBack] = [0x20, 0x30, 0x74, 0x15, 0x06];
/** Where the IP header begins (SKF_NET_OFF), and in it the source. */
const [header, source] = [-0x100000, 12];
const [all, nothing] = [0xffffffff, 0];

/** `struct sock_filter` after `struct sock_filter`: packets of IPv4 with one of these sources pass whole, others not at all. */
export function filterOf(addresses: readonly string[]): Uint8Array {
  const instructions: Instruction[] = [
    { code: loadByte, k: header },
    { code: shiftRight, k: 4 },
    { code: jumpIfEqual, yes: 1, k: 4 },
    { code: giveBack, k: nothing },
    { code: loadWord, k: header + source },
    ...addresses.flatMap((address) => [
      { code: jumpIfEqual, no: 1, k: wordOf(address) },
      { code: giveBack, k: all },
    ]),
    { code: giveBack, k: nothing },
  ];
  const bytes = new DataView(new ArrayBuffer(8 * instructions.length));
  for (const [i, { code, yes = 0, no = 0, k }] of instructions.entries()) {
    bytes.setUint16(8 * i, code, true);
    bytes.setUint8(8 * i + 2, yes);
    bytes.setUint8(8 * i + 3, no);
    bytes.setUint32(8 * i + 4, k, true);
  }
  return new Uint8Array(bytes.buffer);
}

const wordOf = (address: string): number => address.split(".").reduce((word, part) => word * 256 + Number(part), 0);
