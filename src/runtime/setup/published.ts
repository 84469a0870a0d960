// Where official wheels are, and what is said of one.

export const packages = "https://files.pythonhosted.org/packages";

/** One official wheel, asked for by platform tag or by its address; `sha256` is the wheel's own, so nobody can swap it. */
export type Release = {
  readonly package: string;
  readonly version: string;
  readonly tag: string;
  /** Where PyPI keeps it, for machines without pip. */
  readonly url: string;
  readonly sha256: string;
  readonly bytes: number;
  /** The files that are needed of it, as its RECORD names them. */
  readonly members: readonly string[];
};
