// Modules of WebAssembly, compiled into strings, and their memory.

/** What the language's own typings lack without those of a browser. */
declare const WebAssembly: {
  readonly Module: new (bytes: Uint8Array) => object;
  readonly Instance: new (module: object) => { readonly exports: object };
};

export interface Memory {
  readonly buffer: ArrayBuffer;
  grow(pages: number): number;
}

const page = 2 ** 16;

/** What the module exports; `text` is its code in base64. */
export function startModule<Exports extends object>(text: string): Exports {
  const code = Uint8Array.from(atob(text), (byte) => byte.charCodeAt(0));
  return new WebAssembly.Instance(new WebAssembly.Module(code)).exports as Exports;
}

/** Makes it hold so many bytes at least. */
export function extend(memory: Memory, bytes: number): void {
  const lacking = bytes - memory.buffer.byteLength;
  if (lacking > 0) memory.grow(Math.ceil(lacking / page));
}
