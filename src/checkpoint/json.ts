// JSON from outside, read without three of its traps: a key given twice, keys that reach an object's prototype, and depth that ends a recursion.
import type { z } from "zod";
import { visibleName } from "../visible.ts";

/** What we write is four deep. */
const deepest = 64;

/**
 * Like JSON.parse, but a key that is `__proto__` or stands twice in one object, and more than 64 levels, throw a SyntaxError, too. Every SyntaxError
 * is one line.
 */
export function parseJson(text: string): unknown {
  const value = parse(text);
  const open: (Set<string> | undefined)[] = [];
  for (let at = 0; at < text.length; at++) {
    const character = text[at];
    if (character === "{" || character === "[") {
      if (open.push(character === "{" ? new Set() : undefined) > deepest)
        throw new SyntaxError(`it is more than ${deepest} levels deep`);
    } else if (character === "}" || character === "]") open.pop();
    else if (character === '"') {
      const end = endOfString(text, at);
      const keys = open.at(-1);
      if (keys && isKey(text, end)) addKey(keys, JSON.parse(text.slice(at, end)) as string);
      at = end - 1;
    }
  }
  return value;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new SyntaxError((error as Error).message.replace(/\s+/g, " "));
  }
}

/** After the quote that closes the string which begins at `start`, in text known to be JSON. */
function endOfString(text: string, start: number): number {
  let at = start + 1;
  while (text[at] !== '"') at += text[at] === "\\" ? 2 : 1;
  return at + 1;
}

/** Whether a colon follows. */
function isKey(text: string, end: number): boolean {
  let at = end;
  while (/\s/.test(text[at]!)) at++;
  return text[at] === ":";
}

function addKey(keys: Set<string>, key: string): void {
  if (key === "__proto__") throw new SyntaxError(`the key "${key}" is not allowed`);
  if (keys.has(key)) throw new SyntaxError(`the key "${key}" stands twice`);
  keys.add(key);
}

/** Where a document is not what its schema says, and how, on one line: `state.best.step: expected ...`. */
export const issueWords = ({ path, message }: z.core.$ZodIssue): string =>
  visibleName([...(path.length > 0 ? [path.join(".")] : []), message].join(": ")).slice(0, longestWords);

/** Keys from outside may be of any length. */
const longestWords = 300;
