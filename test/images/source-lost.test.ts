// What a file system says that is no fault of a picture: the door to it is replaced by one that says it.
import { beforeEach, expect, test, vi } from "vitest";
import { openPicture } from "../../src/images/decode.ts";
import { readPicture, SourceLost } from "../../src/images/source-lost.ts";

let code = "";
let size = 10;
const read = vi.fn();
const fails = (_: unknown) => Promise.reject(Object.assign(new Error(`${code}: said so`), { code }));
vi.mock("node:fs/promises", async (real) => ({
  ...(await real<object>()),
  stat: async () => ({ size }),
  readFile: () => fails(read()),
  open: () => fails(read()),
}));
beforeEach(() => {
  code = "";
  size = 10;
  read.mockClear();
});

const file = `${import.meta.dirname}/a.png`;
const sources = [{ file }, { container: { file, size: 10, modified: 0 }, offset: 0, length: 10 }];

test.each([
  ["EMFILE", "this process has too many files open"],
  ["ENFILE", "this machine has too many files open"],
  ["ESTALE", "its network file system has lost it"],
  ["EIO", "its disk or network gives errors"],
  ["ENOTCONN", "its file system is not connected"],
  ["ETIMEDOUT", "its file system does not answer"],
])("%s: %s", async (said, words) => {
  code = said;
  for (const source of sources) {
    const opened = openPicture(async () => readPicture(source), "a.png");
    await expect(opened).rejects.toBeInstanceOf(SourceLost);
    await expect(opened).rejects.toMatchObject({
      reason: "data",
      message: `${file} cannot be read, and nor can others: ${words} (${said})`,
    });
  }
});

test.each([
  ["ENOENT", "no such file"],
  ["EACCES", "no permission to read it"],
  ["ENAMETOOLONG", "ENAMETOOLONG: said so"],
])("%s is of the picture: %s", async (said, words) => {
  code = said;
  const opened = openPicture(async () => readPicture({ file }), "a.png");
  await expect(opened).rejects.not.toBeInstanceOf(SourceLost);
  await expect(opened).rejects.toThrow(`a.png: cannot be read (${words})`);
});

test("a file of more than 64 MiB is judged before a byte of it is read, and is of the picture", async () => {
  size = 64 * 2 ** 20 + 1;
  for (const source of [{ file }, { container: { file, size, modified: 0 }, offset: 0, length: size }]) {
    const opened = openPicture(async () => readPicture(source), "a.png");
    await expect(opened).rejects.not.toBeInstanceOf(SourceLost);
    await expect(opened).rejects.toThrow("a.png: cannot be read (larger than 64 MiB)");
  }
  expect(read).not.toHaveBeenCalled();
});
