// One loaded program: named feeds in, named tensors out, on the calling thread.

/** A value fed to a placeholder: raw bytes as one string scalar (decoded in the graph), or a small typed array. */
export type Feed =
  | { readonly dtype: "string"; readonly value: Uint8Array }
  | { readonly dtype: "float32"; readonly shape: readonly number[]; readonly value: Float32Array }
  | { readonly dtype: "int32"; readonly shape: readonly number[]; readonly value: Int32Array };

export type Feeds = Readonly<Record<string, Feed>>;
export type Tensor = { readonly shape: readonly number[]; readonly data: Float32Array | Int32Array | Uint8Array };

/** Runs entry points of one program on the calling thread. Feed and fetch names are node names without `:0`. */
export interface Session {
  run(feeds: Feeds, fetches: readonly string[]): Tensor[];
  close(): void;
}

/** The same in a worker thread, so that the calling thread stays live. */
export interface Engine {
  run(feeds: Feeds, fetches: readonly string[]): Promise<Tensor[]>;
  close(): Promise<void>;
}
