// What a variable starts as where a file has it not: as training would start it, but the same each time.
import { random } from "../images/random.ts";
import { sizeOf, type Variable } from "../interpret/parameters.ts";

export function startOf({ name, shape, initial }: Variable): { shape: readonly number[]; data: Float32Array } {
  const data = new Float32Array(sizeOf({ shape }));
  if (initial.kind === "ones") data.fill(1);
  if (initial.kind === "truncatedNormal") {
    const { normal } = random(0, "init", 0, placeOf(name));
    for (let i = 0; i < data.length; i++) data[i] = initial.deviation * cut(normal);
  }
  return { shape, data };
}

/** A normal within two deviations. */
function cut(normal: () => number): number {
  for (;;) {
    const value = normal();
    if (Math.abs(value) <= 2) return value;
  }
}

/** A number for the name, so that each variable draws others. */
const placeOf = (name: string): number =>
  [...name].reduce((sum, letter) => (sum * 31 + letter.codePointAt(0)!) % 2 ** 31, 7);
