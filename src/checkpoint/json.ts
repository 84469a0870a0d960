// JSON from outside, read without two of its traps: a key given twice, and keys that reach an object's prototype.

/** Like JSON.parse, but a key that is `__proto__` or stands twice in one object throws a SyntaxError naming it. */
export function parseJson(text: string): unknown {
  const value: unknown = JSON.parse(text);
  const open: (Set<string> | undefined)[] = [];
  for (const [token, colon] of text.matchAll(tokens)) {
    if (token === "{") open.push(new Set());
    else if (token === "[") open.push(undefined);
    else if (token === "}" || token === "]") open.pop();
    else if (colon !== undefined) addKey(open.at(-1)!, JSON.parse(token.slice(0, -colon.length)));
  }
  return value;
}

/** Strings (with the colon that makes them a key) and brackets, of text known to be JSON. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"(\s*:)?|[{}[\]]/g;

function addKey(keys: Set<string>, key: string): void {
  if (key === "__proto__") throw new SyntaxError(`the key "${key}" is not allowed`);
  if (keys.has(key)) throw new SyntaxError(`the key "${key}" stands twice`);
  keys.add(key);
}
