// Damaged files: whatever the damage, pixels or one sentence.
import sharp from "sharp";
import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { openPicture } from "../../src/images/decode.ts";
import { type Random, random } from "../../src/images/random.ts";
import { proved, tries } from "../proof.ts";

const [width, height] = [96, 80];
const picture = () =>
  sharp(
    Uint8Array.from({ length: width * height * 3 }, (_, i) => (i * i) % 251),
    { raw: { width, height, channels: 3 } },
  );
const whole = () =>
  Promise.all([
    picture().jpeg().toBuffer(),
    picture().jpeg({ progressive: true }).toBuffer(),
    picture().png().toBuffer(),
    picture().webp().toBuffer(),
    picture().webp({ lossless: true }).toBuffer(),
  ]);

const damages: readonly ((bytes: Buffer, random: Random) => Buffer)[] = [
  (bytes, { int }) => bytes.subarray(0, int(bytes.length)),
  (bytes, { int }) => {
    for (let count = 1 + int(8); count > 0; count--) bytes[int(bytes.length)]! ^= 1 << int(8);
    return bytes;
  },
  (bytes, { int }) => {
    for (let count = 1 + int(4); count > 0; count--) bytes[int(64)] = int(256);
    return bytes;
  },
  (bytes, { int }) => bytes.fill(0, int(bytes.length), int(bytes.length)),
];

test("damaged files give pixels or one sentence", async () => {
  const files = await whole();
  const count = tries(400, 5000);
  let [readable, refused] = [0, 0];
  for (let index = 0; index < count; index++) {
    const source = random(7, "shapes", 0, index);
    const bytes = damages[source.int(damages.length)]!(Buffer.from(files[index % files.length]!), source);
    try {
      const { pixels, ...size } = await (await openPicture(bytes, "a.jpg")).decode(source.chance(0.3) ? 3 : 1);
      expect(pixels.length).toBe(size.width * size.height * 3);
      readable++;
    } catch (error) {
      expect(error).toBeInstanceOf(UserError);
      expect((error as UserError).message).toMatch(/^a\.jpg: cannot be read \([^\n]+\)$/);
      refused++;
    }
  }
  expect(readable).toBeGreaterThan(20);
  expect(refused).toBeGreaterThan(100);
  proved("R18", { files: count, readable, refused });
});
