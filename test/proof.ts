// Counts of a proof: small in the suite, full in `npm run prove`, which prints one line for each.
const proving = process.env.INCEPTION_PROVE === "1";

/** How often something is tried. */
export const tries = (inSuite: number, inProof: number): number => (proving ? inProof : inSuite);

/** The line of a proof that has held, such as "R07 mutations=1000 found=1000". The suite prints none. */
export function proved(name: string, figures: Readonly<Record<string, string | number | boolean>>): void {
  if (!proving) return;
  const text = Object.entries(figures).map(([key, value]) => `${key}=${value}`);
  process.stdout.write(`${[name, ...text].join(" ")}\n`);
}
