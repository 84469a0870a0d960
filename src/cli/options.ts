// Options as data: a table of them gives commander its options, and TypeScript the type of what an action gets.
import { existsSync } from "node:fs";
import { Argument, type Command, Option } from "commander";
import { noneOf } from "../config/nearest.ts";
import { UserError } from "../errors.ts";
import { readDuration } from "./duration.ts";

/** An option that gives a value of type T; its long name is its key in the table. */
export interface Declared<T> {
  /** `long` is as in `--per-class`. */
  toOption(long: string): Option;
  /** Never there: it carries the type. */
  readonly value?: T;
}

type Declarations = Readonly<Record<string, Declared<unknown>>>;
type ValueOf<D> = D extends Declared<infer T> ? T : never;
type Values<D> = {
  [K in keyof D as undefined extends ValueOf<D[K]> ? never : K]: ValueOf<D[K]>;
} & { [K in keyof D as undefined extends ValueOf<D[K]> ? K : never]?: Exclude<ValueOf<D[K]>, undefined> };
/** What an action gets for a table of options; an option that may be left out is an optional key. */
export type OptionsOf<D extends Declarations> = { [K in keyof Values<D>]: Values<D>[K] };

/** Adds a table of options to a command, and what it does: `run` gets the arguments as commander has them, then the options, all of them declared. */
export function acts<A extends readonly unknown[], O extends object>(
  command: Command,
  options: { readonly [K in keyof O]-?: Declared<O[K]> },
  run: (...given: [...A, O]) => void | Promise<void>,
): Command {
  for (const [key, declared] of Object.entries<Declared<unknown>>(options))
    command.addOption(declared.toOption(`--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`));
  // Commander adds the command itself.
  return command.action((...given) => run(...(given.slice(0, -1) as [...A, O])));
}

type Common = {
  /** One letter, as in `-o`. */
  readonly short?: string;
  /** Keys of options that it cannot be given with. */
  readonly conflicts?: readonly string[];
};

/** True where given. */
export const flag = (about: string, common: Common = {}): Declared<boolean | undefined> => ({
  toOption: (long) => option(long, "", about, common),
});

/** `--no-<name>`: false where given. */
export const negated = (about: string): Declared<boolean> => ({
  toOption: (long) => new Option(long.replace(/^--/, "--no-"), about),
});

/** Any text, such as a path. `value` is as in `<folder>`. */
export function text(value: string, about: string, common: Common & { standard: string }): Declared<string>;
export function text(value: string, about: string, common: Common & { required: true }): Declared<string>;
export function text(value: string, about: string, common?: Common): Declared<string | undefined>;
export function text(
  value: string,
  about: string,
  { standard, required = false, ...common }: Common & { standard?: string; required?: boolean } = {},
): Declared<string | undefined> {
  return { toOption: (long) => option(long, value, about, common).default(standard).makeOptionMandatory(required) };
}

/** `[value]`: a text, or true where it is given without one. */
export const perhapsText = (value: string, about: string): Declared<string | true | undefined> => ({
  toOption: (long) => option(long, value, about),
});

/** `<value...>`: several texts after one another. */
export const texts = (value: string, about: string, common: Common = {}): Declared<string[] | undefined> => ({
  toOption: (long) => option(long, value, about, common),
});

/** A text that may be given as often as wanted. */
export const repeated = (value: string, about: string): Declared<string[]> => ({
  toOption: (long) =>
    option(long, value, `${about} (repeatable)`)
      .default([], "none")
      .argParser((given: string, earlier: string[]) => [...earlier, given]),
});

type Choices<T> = Common & { readonly choices: readonly T[] };

/** One of a few words. */
export function choice<T extends string>(
  value: string,
  about: string,
  common: Choices<T> & { readonly standard: NoInfer<T> },
): Declared<T>;
export function choice<T extends string>(value: string, about: string, common: Choices<T>): Declared<T | undefined>;
export function choice<T extends string>(
  value: string,
  about: string,
  { choices, standard, ...common }: Choices<T> & { readonly standard?: T },
): Declared<T | undefined> {
  return {
    toOption: (long) =>
      option(long, value, about, common).choices(choices).argParser(oneOf(long, choices)).default(standard),
  };
}

/** An argument that is one of a few words. */
export const wordArgument = (value: string, about: string, words: readonly string[]): Argument =>
  new Argument(value, about).choices(words).argParser(oneOf(value, words));

const oneOf =
  (name: string, words: readonly string[]) =>
  (given: string): string => {
    if (words.includes(given)) return given;
    throw new UserError("usage", noneOf(name, given, words));
  };

/** One of a few words, or the path of a file that is there. */
export const wordOrFile = (value: string, about: string, words: readonly string[]): Declared<string | undefined> => ({
  toOption: (long) =>
    option(long, value, about)
      .choices(words)
      .argParser((given: string) => {
        if (words.includes(given) || existsSync(given)) return given;
        throw new UserError("usage", noneOf(long, given, [...words, "a file that is there"]));
      }),
});

type Bounds = { readonly least?: number; readonly most?: number };

/** A whole number, from 1 where nothing else is said. */
export function wholeNumber(
  value: string,
  about: string,
  common: Common & Bounds & { standard: number },
): Declared<number>;
export function wholeNumber(value: string, about: string, common?: Common & Bounds): Declared<number | undefined>;
export function wholeNumber(
  value: string,
  about: string,
  { standard, least, most, ...common }: Common & Bounds & { standard?: number } = {},
): Declared<number | undefined> {
  return {
    toOption: (long) =>
      option(long, value, about, common)
        .default(standard)
        .argParser((given: string) =>
          readWhole(long, given, {
            ...(least === undefined ? {} : { least }),
            ...(most === undefined ? {} : { most }),
          }),
        ),
  };
}

/** Decimal digits alone: no sign, point, exponent, other base or space. Throws UserError("usage") that names the option. */
export function readWhole(
  name: string,
  given: string,
  { least = 1, most = Number.MAX_SAFE_INTEGER }: Bounds = {},
): number {
  const value = Number(given);
  if (/^(0|[1-9]\d*)$/.test(given) && value >= least && value <= most) return value;
  const range = most < Number.MAX_SAFE_INTEGER ? `from ${least} to ${most}` : least === 1 ? "above 0" : `from ${least}`;
  throw new UserError("usage", `${name}: expected a whole number ${range}, got ${JSON.stringify(given)}`);
}

/** A number from `least` (0 where nothing else is said) to `most`, digits with or without a point. */
export const decimal = (
  value: string,
  about: string,
  { least = 0, most, ...common }: Common & { readonly least?: number; readonly most: number },
): Declared<number | undefined> => ({
  toOption: (long) =>
    option(long, value, about, common).argParser((given: string) => {
      const number = Number(given);
      if (/^\d+(\.\d+)?$/.test(given) && number >= least && number <= most) return number;
      throw new UserError("usage", `${long}: expected a number from ${least} to ${most}, got ${JSON.stringify(given)}`);
    }),
});

/** A time such as 1h30m, in seconds. */
export const duration = (value: string, about: string, common: Common = {}): Declared<number | undefined> => ({
  toOption: (long) => option(long, value, about, common).argParser((given: string) => readDuration(long, given)),
});

function option(long: string, value: string, about: string, { short, conflicts = [] }: Common = {}): Option {
  const flags = `${short === undefined ? "" : `-${short}, `}${long}${value && ` ${value}`}`;
  return new Option(flags, about).conflicts([...conflicts]);
}
