// The probability distributions behind intervals and tests: the normal, Student's t, the binomial.

/** ln of the gamma function for x > 0: Stirling's series (Abramowitz and Stegun 6.1.41) where x >= 10, recurrence below. */
export function logGamma(x: number): number {
  let [argument, product] = [x, 1];
  while (argument < 10) product *= argument++;
  const square = argument * argument;
  let series = 0;
  for (const coefficient of stirling) series = series / square + coefficient;
  return (
    (argument - 0.5) * Math.log(argument) - argument + Math.log(2 * Math.PI) / 2 + series / argument - Math.log(product)
  );
}

/** B_2k / (2k (2k - 1)), k = 8..1. */
const stirling = [-3617 / 122400, 1 / 156, -691 / 360360, 1 / 1188, -1 / 1680, 1 / 1260, -1 / 360, 1 / 12] as const;

/** Regularized incomplete beta function I_x(a, b): continued fraction of DLMF 8.17.22, by Lentz's method. */
export function incompleteBeta(x: number, a: number, b: number): number {
  if (x <= 0) return 0;
  if (x >= 1) return 1;
  if (x > (a + 1) / (a + b + 2)) return 1 - incompleteBeta(1 - x, b, a);
  const front = Math.exp(logGamma(a + b) - logGamma(a) - logGamma(b) + a * Math.log(x) + b * Math.log1p(-x)) / a;
  let [c, d] = [1, 1 / (1 - ((a + b) * x) / (a + 1))];
  let fraction = d;
  for (let m = 1; m < 100_000; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    d = 1 / (1 + even * d);
    c = 1 + even / c;
    fraction *= d * c;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    d = 1 / (1 + odd * d);
    c = 1 + odd / c;
    fraction *= d * c;
    if (Math.abs(d * c - 1) < 1e-15) break;
  }
  return front * fraction;
}

/** P(T <= t) for Student's t with `df` degrees of freedom. */
export function studentCdf(t: number, df: number): number {
  const tail = studentTail(Math.abs(t), df);
  return t > 0 ? 1 - tail : tail;
}

/** P(T > t), t >= 0; small values keep their digits. */
function studentTail(t: number, df: number): number {
  if (t === Infinity) return 0;
  const square = t * t;
  return square < df
    ? 0.5 - incompleteBeta(square / (df + square), 0.5, df / 2) / 2
    : incompleteBeta(df / (df + square), df / 2, 0.5) / 2;
}

/** Two-sided p of a t statistic. */
export const studentP = (t: number, df: number): number => Math.min(1, 2 * studentTail(Math.abs(t), df));

/** The t below which a share `p` of Student's distribution lies; found by bisection to the last bits. */
export function studentQuantile(p: number, df: number): number {
  if (!(p > 0 && p < 1)) throw new RangeError(`expected a probability between 0 and 1, got ${p}`);
  if (p === 0.5) return 0;
  const tail = Math.min(p, 1 - p);
  let [low, high] = [0, 1];
  while (studentTail(high, df) > tail) [low, high] = [high, 2 * high];
  while (true) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (studentTail(middle, df) > tail) low = middle;
    else high = middle;
  }
  return p > 0.5 ? high : -high;
}

/** P(Z <= z) for the standard normal distribution, to 15 digits after the point. Source: G. Marsaglia, J. Stat. Software 11:4 (2004). */
export function normalCdf(z: number): number {
  if (Math.abs(z) > 9) return z > 0 ? 1 : 0;
  let [term, sum, before] = [z, z, Number.NaN];
  for (let odd = 3; sum !== before; odd += 2) {
    term *= (z * z) / odd;
    [before, sum] = [sum, sum + term];
  }
  return 0.5 + (sum * Math.exp((-z * z) / 2)) / Math.sqrt(2 * Math.PI);
}

/** The z below which a share `p` of the standard normal distribution lies. */
export function normalQuantile(p: number): number {
  let [low, high] = [-9, 9];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (normalCdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

/** P(X <= k) for the binomial distribution of `n` trials with chance `p`. */
export function binomialCdf(k: number, n: number, p: number): number {
  if (k < 0) return 0;
  if (k >= n) return 1;
  return incompleteBeta(1 - p, n - k, k + 1);
}

/** ln of the binomial coefficient of whole numbers. */
export const logChoose = (n: number, k: number): number => logFactorial(n) - logFactorial(k) - logFactorial(n - k);

let logFactorials = Float64Array.of(0);

/** Kept in a table that grows as needed. */
function logFactorial(n: number): number {
  if (n >= logFactorials.length) {
    const longer = new Float64Array(2 * (n + 1));
    for (let i = 1; i < longer.length; i++) longer[i] = longer[i - 1]! + Math.log(i);
    logFactorials = longer;
  }
  return logFactorials[n]!;
}
