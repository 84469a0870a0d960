// Cyclic redundancy checks of 32 bits: the one of zip files, and Castagnoli's of TensorFlow's checkpoints.

/** `polynomial` with its bits in reverse. */
const check = (polynomial: number): ((bytes: Uint8Array) => number) => {
  const table = Uint32Array.from({ length: 256 }, (_, byte) => {
    let rest = byte;
    for (let bit = 0; bit < 8; bit++) rest = rest & 1 ? (rest >>> 1) ^ polynomial : rest >>> 1;
    return rest;
  });
  return (bytes) => {
    let rest = ~0;
    for (let i = 0; i < bytes.length; i++) rest = (rest >>> 8) ^ table[(rest ^ bytes[i]!) & 0xff]!;
    return ~rest >>> 0;
  };
};

export const crc32 = check(0xedb88320);
export const crc32c = check(0x82f63b78);

/** A check as it is stored: turned and shifted, so that a check of checks is none. */
export const masked = (check: number): number => (((check >>> 15) | (check << 17)) + 0xa282ead8) >>> 0;
