// TensorBoard's event files: records of Event messages (tensorboard/compat/proto/event.proto), each with its length and masked CRC-32C.
import { closeSync, mkdirSync, openSync, writeSync } from "node:fs";
import { join } from "node:path";
import protobuf from "protobufjs";
import { crc32c, masked } from "../crc.ts";
import { explainIoError } from "../io-error.ts";

const Event = protobuf
  .parse(
    `
  syntax = "proto3";
  message Event { double wall_time = 1; int64 step = 2; oneof what { string file_version = 3; Summary summary = 5; SessionLog session_log = 7; } }
  message SessionLog { int32 status = 1; }
  message Summary { repeated Value value = 1; }
  message Value { string tag = 1; oneof value { float simple_value = 2; Image image = 4; } }
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
`,
    { keepCase: true },
  )
  .root.lookupType("Event");

export interface EventFile {
  /** Figures at a step by their tags; what is not finite stays as it is. */
  scalars(step: number, values: Readonly<Record<string, number>>): void;
  image(step: number, tag: string, png: Uint8Array, size: { readonly width: number; readonly height: number }): void;
  close(): void;
}

/** TensorBoard forgets what another file says of steps from there on. */
const sessionStart = 1;
const rgb = 3;

/** A new file in the folder, of a sitting that begins after `step` steps. Throws UserError("io") or ("diskFull"), as its functions do. */
export function openEvents(folder: string, step: number, now: () => number = Date.now): EventFile {
  const guarded = <T>(action: () => T): T => {
    try {
      return action();
    } catch (error) {
      throw explainIoError(error, "cannot write in", folder);
    }
  };
  const name = `events.out.tfevents.${String(Math.floor(now() / 1000)).padStart(10, "0")}.inception.${process.pid}.${step}`;
  const file = guarded(() => {
    mkdirSync(folder, { recursive: true });
    return openSync(join(folder, name), "a");
  });
  const write = (event: object): void => {
    const bytes = record(Event.encode(Event.create({ wall_time: now() / 1000, ...event })).finish());
    guarded(() => {
      for (let done = 0; done < bytes.length; ) done += writeSync(file, bytes, done);
    });
  };
  write({ file_version: "brain.Event:2" });
  if (step > 0) write({ step: step + 1, session_log: { status: sessionStart } });
  return {
    scalars: (step, values) =>
      write({
        step,
        summary: { value: Object.entries(values).map(([tag, value]) => ({ tag, simple_value: value })) },
      }),
    image: (step, tag, png, { width, height }) =>
      write({
        step,
        summary: { value: [{ tag, image: { height, width, colorspace: rgb, encoded_image_string: png } }] },
      }),
    close: () => closeSync(file),
  };
}

/** Its length, a check of that, the bytes, and a check of these; all little-endian. */
function record(bytes: Uint8Array): Uint8Array {
  const whole = new Uint8Array(bytes.length + 16);
  const view = new DataView(whole.buffer);
  view.setBigUint64(0, BigInt(bytes.length), true);
  view.setUint32(8, masked(crc32c(whole.subarray(0, 8))), true);
  whole.set(bytes, 12);
  view.setUint32(12 + bytes.length, masked(crc32c(bytes)), true);
  return whole;
}
