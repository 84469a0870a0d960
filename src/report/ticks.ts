// Where an axis has its marks.

/** Values 1, 2 or 5 times a power of ten apart, within [low, high]: about `wanted` of them. */
export function ticks(low: number, high: number, wanted = 5): number[] {
  if (!(high > low)) return [low];
  const raw = (high - low) / wanted;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = power * ([1, 2, 5, 10].find((factor) => factor * power >= raw * (1 - 1e-9)) ?? 10);
  const first = Math.ceil(low / step - 1e-9);
  const last = Math.floor(high / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => Number(((first + i) * step).toPrecision(12)));
}

/** The same at whole numbers; where fewer than two of them lie within, wherever they come to lie. */
export function wholeTicks(low: number, high: number, wanted = 5): number[] {
  const all = ticks(low, high, wanted);
  if (all.every(Number.isInteger)) return all;
  const first = Math.ceil(low);
  const whole = Array.from({ length: Math.floor(high) - first + 1 }, (_, i) => first + i);
  return whole.length >= 2 ? whole : all;
}

/** Powers of ten within [low, high], both above zero; with their doubles and fives where fewer than three lie there; at even steps where two do not. */
export function logTicks(low: number, high: number): number[] {
  const first = Math.floor(Math.log10(low));
  const powers = Array.from({ length: Math.ceil(Math.log10(high)) - first + 1 }, (_, i) => Number(`1e${first + i}`));
  const within = (values: readonly number[]): number[] =>
    values.filter((value) => value >= low * (1 - 1e-9) && value <= high * (1 + 1e-9));
  const whole = within(powers);
  if (whole.length >= 3) return whole;
  const finer = within(powers.flatMap((power) => [power, 2 * power, 5 * power]));
  return finer.length > 1 ? finer : ticks(low, high, 4);
}

/** Short and exact: 0.05, 12,000, 1e-5. */
export function tickLabel(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-3 || size >= 1e7)) return value.toExponential().replace("e+", "e");
  return Number(value.toPrecision(6)).toLocaleString("en-US", { maximumFractionDigits: 6 });
}
