// Reads TensorBoard's event files by their format, with every check, and apart from what writes them.
import protobuf from "protobufjs";
import { expect } from "vitest";
import { crc32c, masked } from "../../src/crc.ts";

const message = protobuf
  .parse(
    `syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; string file_version = 3; Summary summary = 5; SessionLog session_log = 7; }
  message SessionLog { int32 status = 1; }
  message Summary { repeated Value value = 1; }
  message Value { string tag = 1; float simple_value = 2; Image image = 4; }
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }`,
    { keepCase: true },
  )
  .root.lookupType("Event");

export interface ReadEvent {
  readonly wall_time: number;
  /** Left out at 0. */
  readonly step?: number;
  readonly file_version?: string;
  readonly session_log?: { readonly status: number };
  readonly summary?: {
    readonly value: readonly {
      readonly tag: string;
      readonly simple_value?: number;
      readonly image?: { readonly encoded_image_string: Uint8Array };
    }[];
  };
}

export function readEvents(bytes: Buffer): ReadEvent[] {
  const events: ReadEvent[] = [];
  for (let at = 0; at < bytes.length; ) {
    const length = Number(bytes.readBigUInt64LE(at));
    expect(bytes.readUInt32LE(at + 8)).toBe(masked(crc32c(bytes.subarray(at, at + 8))));
    const content = bytes.subarray(at + 12, at + 12 + length);
    expect(bytes.readUInt32LE(at + 12 + length)).toBe(masked(crc32c(content)));
    events.push(message.toObject(message.decode(content), { longs: Number }) as ReadEvent);
    at += length + 16;
  }
  return events;
}
