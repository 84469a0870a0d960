import { existsSync } from "node:fs";
import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { holdOut, openSource } from "../../../src/images/sources/source.ts";
import { folder, names, refusal, useScratch, write } from "./scratch.ts";
import { files, put, tar } from "./tar-file.ts";

useScratch();

describe("an archive", () => {
  it("gives the listing of the same folder, its outer folders left off, plain or gzipped", async () => {
    await write({ "set/a/1.jpg": "set/x/a/1.jpg", "set/b/2.png": "set/x/b/2.png" });
    const bytes = await tar([
      { name: "set/x/", type: "directory" },
      ...files("set/x/b/2.png", "set/x/a/1.jpg", "set/read.me"),
    ]);
    const plain = await openSource(await put("s.tar", bytes));
    expect(plain.classes).toEqual(["a", "b"]);
    expect(names(plain)).toEqual(["a/1.jpg", "b/2.png"]);
    expect((await openSource(join(folder, "set"))).fingerprint).toBe(plain.fingerprint);
    expect(await openSource(await put("s.tgz", gzipSync(bytes)))).toEqual({ ...plain, path: join(folder, "s.tgz") });
    const [first] = plain.items;
    expect("bytes" in first!.source && Buffer.from(first!.source.bytes).toString()).toBe("set/x/a/1.jpg");
  });
  it("knows the bytes of its pictures, which names and sizes do not tell", async () => {
    const of = async (text: string) =>
      openSource(await put("s.tar", await tar([...files("a/1.jpg"), { name: "b/2.jpg", text }])));
    const [one, other] = [await of("one"), await of("two")];
    expect(other.fingerprint).toBe(one.fingerprint);
    expect(other.content).not.toBe(one.content);
    expect((await of("one")).content).toBe(one.content);
    expect(holdOut({ ...one }, 0.5).train.content).not.toBe(holdOut({ ...other }, 0.5).train.content);
  });
  it("takes a folder inside it", async () => {
    const path = await put("s.tar", await tar(files("train/a/1.jpg", "train/b/2.jpg", "test/a/3.jpg", "test/b/4.jpg")));
    expect(names(await openSource(`${path}/test`))).toEqual(["a/3.jpg", "b/4.jpg"]);
  });
  it("takes no content of a folder that claims a size", async () => {
    const bytes = await tar([{ name: "a/", type: "directory" }, ...files("a/1.jpg", "b/2.jpg")]);
    bytes.write("00000001000\0", 124);
    bytes.write("        ", 148);
    const sum = bytes.subarray(0, 512).reduce((total, byte) => total + byte, 0);
    bytes.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
    expect(names(await openSource(await put("s.tar", bytes)))).toEqual(["a/1.jpg", "b/2.jpg"]);
  });
  it("reads hostile entries without writing, and counts them", async () => {
    const path = await put(
      "s.tar",
      await tar([
        ...files("a/1.jpg", "b/2.jpg", "../escaped.jpg", "/rooted.jpg", "b/__proto__.jpg", "a/1.jpg"),
        { name: "a/link.jpg", type: "symlink", linkname: "/etc/passwd" },
        { name: "a/hard.jpg", type: "link", linkname: "a/1.jpg" },
        { name: "a/pipe.jpg", type: "fifo" },
        { name: "a/disk.jpg", type: "block-device" },
      ]),
    );
    const listing = await openSource(path);
    expect(names(listing)).toEqual(["a/1.jpg", "b/2.jpg", "b/__proto__.jpg"]);
    expect(listing.warnings).toEqual([
      "4 links, devices and other special entries were left out",
      "2 entries whose names lead out of the archive were left out",
      "1 picture is in the archive more than once; the last counts",
    ]);
    expect(existsSync(join(folder, "../escaped.jpg"))).toBe(false);
  });
  it("is refused wherever it is cut off", async () => {
    const bytes = await tar(files("a/1.jpg", "b/2.jpg"));
    for (let blocks = 0; blocks * 512 < bytes.length - 1024; blocks++) {
      const path = await put("cut.tar", bytes);
      await truncate(path, blocks * 512);
      expect(await refusal(path)).toMatch(/cut[- ]off/);
    }
    expect(await refusal(await put("cut.tgz", gzipSync(bytes).subarray(0, 60)))).toContain("cut-off");
  });
  it("is refused when it is none", async () => {
    expect(await refusal(await put("s.tar", Buffer.from("hello".repeat(400))))).toContain("damaged");
  });
  it("is refused when it swells to far more than its size", async () => {
    const zeros = await tar([...files("a/1.jpg", "b/2.jpg")]);
    const swollen = Buffer.concat([zeros.subarray(0, -1024), Buffer.alloc(40 * 2 ** 20)]);
    expect(await refusal(await put("s.tgz", gzipSync(swollen, { level: 1 })))).toContain("swells");
  });
});
