// Pictures that the tests encode themselves come back as the pixels that went in.
import { spawn } from "node:child_process";
import { once } from "node:events";
import sharp from "sharp";
import { expect, test } from "vitest";
import { decodePicture, encodePng } from "../../src/images/decode.ts";
import { SourceLost } from "../../src/images/source-lost.ts";

const pixels = Uint8Array.from({ length: 6 * 4 * 3 }, (_, i) => (i * 37) % 256);

test("a PNG gives its exact pixels, also from shared memory", async () => {
  const png = await encodePng(pixels, 6, 4);
  const shared = new Uint8Array(new SharedArrayBuffer(png.length));
  shared.set(png);
  for (const bytes of [png, shared]) {
    const picture = await decodePicture(bytes, "a.png");
    expect([picture.width, picture.height]).toEqual([6, 4]);
    expect([...picture.pixels]).toEqual([...pixels]);
  }
});

test.each([
  ["nothing", new Uint8Array(), /^x\.jpg: cannot be read \(the file is empty\)$/],
  ["text", Buffer.from("<html></html>"), /^x\.jpg: cannot be read \(not a picture/],
  [
    "an SVG drawing",
    Buffer.from('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>'),
    /^x\.jpg: cannot be read \(not a picture/,
  ],
  [
    "a GIF",
    Buffer.from("R0lGODlhAQABAAAAACwAAAAAAQABAAACAkQBADs=", "base64"),
    /^x\.jpg: cannot be read \(not a picture/,
  ],
])("%s is one sentence", async (_what, bytes, message) => {
  await expect(decodePicture(bytes, "x.jpg")).rejects.toMatchObject({
    reason: "data",
    message: expect.stringMatching(message),
  });
});

test("a cut-off PNG is refused", async () => {
  const png = await encodePng(
    new Uint8Array(64 * 64 * 3).map((_, i) => (i * i) % 251),
    64,
    64,
  );
  await expect(decodePicture(png.subarray(0, png.length / 2), "half.png")).rejects.toThrow(
    /^half\.png: cannot be read \([^\n]+\)$/,
  );
});

test("a source that fails counts as an unreadable picture", async () => {
  const gone = () => Promise.reject(Object.assign(new Error("ENOENT: gone"), { code: "ENOENT" }));
  await expect(decodePicture(gone, "a.png")).rejects.toThrow("a.png: cannot be read (no such file)");
});

test("memory that is missing is no fault of a picture", async () => {
  const opened = decodePicture(() => Promise.reject(new RangeError("Array buffer allocation failed")), "a.png");
  await expect(opened).rejects.toBeInstanceOf(SourceLost);
  await expect(opened).rejects.toThrow("a.png cannot be decoded, and nor can others: out of memory");
});
test("the levels are those of the file, whatever its colour profile", async () => {
  const red = sharp(Uint8Array.of(255, 0, 0), { raw: { width: 1, height: 1, channels: 3 } });
  const { pixels } = await decodePicture(await red.withIccProfile("p3").png().toBuffer(), "p3.png");
  // Pure red in the narrower colours of sRGB; the file's bytes are those of Display P3.
  expect(pixels[0]).toBeLessThan(240);
  expect(pixels[1]).toBeGreaterThan(45);
});

test("a machine that sleeps while it decodes loses no picture", async () => {
  const decoding = `
    import { decodePicture, encodePng } from ${JSON.stringify(new URL("../../dist/images/decode.js", import.meta.url))};
    const png = await encodePng(new Uint8Array(8000 * 8000 * 3).map((_, i) => (i * 2654435761) >>> 24), 8000, 8000);
    const decoded = decodePicture(png, "large.png");
    process.stdout.write("decoding");
    process.stdout.write(String((await decoded).width));`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", decoding]);
  let said = "";
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said += text;
    if (text.startsWith("decoding")) child.kill("SIGSTOP");
    setTimeout(() => child.kill("SIGCONT"), 10_500);
  });
  await once(child, "close");
  expect(said).toBe("decoding8000");
});
