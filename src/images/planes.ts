// Pictures that need no decoder: bytes of red, then green, then blue, each in rows from the top.
import { type OpenedPicture, orUnreadable } from "./decode.ts";
import { type Size, wholeOf } from "./resample/extent.ts";

/** As `openPicture`. Throws UserError("data") where the bytes are not as many as the size needs. */
export const openPlanes = (
  read: () => Promise<Uint8Array>,
  name: string,
  { width, height }: Size,
): Promise<OpenedPicture> =>
  orUnreadable(name, async () => {
    const bytes = await read();
    const area = width * height;
    if (bytes.length !== 3 * area) throw new Error(`${bytes.length} bytes, expected ${3 * area}`);
    const pixels = Uint8Array.from({ length: 3 * area }, (_, at) => bytes[(at % 3) * area + Math.floor(at / 3)]!);
    const picture = { pixels, width, height };
    return { width, height, decode: async () => ({ ...picture, shows: wholeOf(picture) }) };
  });
