// JSON documents: each is what its schema gives, no key less and no key more.
import type { z } from "zod";

/** A document of this schema, unchangeable. */
export type DocumentOf<Schema extends z.ZodType> = Immutable<z.output<Schema>>;
type Immutable<T> = T extends object ? { readonly [Key in keyof T]: Immutable<T[Key]> } : T;

/** The document itself: one that lacks a key or has one too many, at any depth, spread or written, does not compile. */
export const documentOf = <Schema extends z.ZodType, const T extends DocumentOf<Schema>>(
  _schema: Schema,
  document: T & Exact<T, DocumentOf<Schema>>,
): DocumentOf<Schema> => document;

/** T with `never` for every key that Shape has not. */
export type Exact<T, Shape> = T extends readonly (infer Item)[]
  ? readonly Exact<Item, ItemOf<Shape>>[]
  : T extends object
    ? { readonly [Key in keyof T]: Key extends KeyOf<Shape> ? Exact<T[Key], ValueOf<Shape, Key>> : never }
    : T;
type ItemOf<Shape> = Shape extends readonly (infer Item)[] ? Item : never;
type KeyOf<Shape> = Shape extends unknown ? keyof Shape : never;
type ValueOf<Shape, Key> = Shape extends unknown ? (Key extends keyof Shape ? Shape[Key] : never) : never;

/** As it stands in a file. */
export const jsonText = (document: object): string => `${JSON.stringify(document, null, 2)}\n`;
