// Pictures inside a page: which fit, which are told apart, which are left out.
import { expect, test } from "vitest";
import { encodePng } from "../../src/images/decode.ts";
import type { Item } from "../../src/images/sources/listing.ts";
import { fillAlbum } from "../../src/run-report/album.ts";

const grey = async (name: string, value: number, width = 300, height = 200): Promise<Item> => ({
  name,
  label: 0,
  source: { bytes: await encodePng(new Uint8Array(width * height * 3).fill(value), width, height) },
});
const address = (words: string | undefined): string | undefined => /src="([^"]*)"/.exec(words ?? "")?.[1];

test("two pictures of one name, as in two sets, stay two; the longer side has 128 pixels", async () => {
  const [black, white] = [await grey("cat/1.png", 0), await grey("cat/1.png", 255)];
  const wanted = [
    { place: "a", item: black },
    { place: "b", item: white },
    { place: "c", item: black },
    { place: "d", item: undefined },
  ];
  const album = await fillAlbum(wanted, 1e6);
  const [a, b, c] = ["a", "b", "c"].map((place) => address(album.at(place, "")?.text));
  expect(a).toMatch(/^data:image\/webp;base64,/);
  expect(b).not.toBe(a);
  expect(c).toBe(a);
  expect(album.at("d", "")).toBeUndefined();
  expect(album.at("a", 'a "cat"')!.text).toContain('width="128" height="85" alt="a &#34;cat&#34;"');
  expect(album).toMatchObject({ shown: 3, left: 0, bytes: a!.length + b!.length + c!.length });
});

test("what cannot be read is left out, and what has no room is counted", async () => {
  const broken: Item = { name: "broken.png", label: 0, source: { bytes: new Uint8Array([1, 2, 3]) } };
  const good = await grey("good.png", 9);
  const places = (count: number, item: Item) => Array.from({ length: count }, (_, i) => ({ place: `${i}`, item }));
  const alone = await fillAlbum(places(1, good), 1e6);
  const album = await fillAlbum([{ place: "x", item: broken }, ...places(40, good)], 3 * alone.bytes);
  expect(album.at("x", "")).toBeUndefined();
  expect(album.shown).toBe(3);
  expect(album.left).toBe(37);
});
