// The checks against their published value for "123456789" (in the catalogue of parametrised CRC algorithms: CRC-32/ISO-HDLC, /ISCSI).
import { expect, test } from "vitest";
import { crc32, crc32c } from "../src/crc.ts";

test("both checks", () => {
  const digits = Buffer.from("123456789");
  expect([crc32(digits), crc32c(digits)]).toEqual([0xcbf43926, 0xe3069283]);
  expect(crc32(Buffer.alloc(0))).toBe(0);
});
