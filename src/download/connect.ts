// The one door to HTTP: a GET that follows redirects, by the proxy that the environment names (https_proxy, http_proxy, no_proxy).
import proxyFromEnv from "proxy-from-env";
import { Agent, interceptors, Pool, ProxyAgent, request } from "undici";

export interface Answer {
  readonly status: number;
  header(name: string): string | undefined;
  /** As it is sent, whatever its encoding; throws NetworkFault. */
  readonly body: AsyncIterable<Uint8Array>;
}

/** The network's fault, in words to follow an address. */
export class NetworkFault extends Error {
  override readonly name = "NetworkFault";
  /** Nothing answers at all: to ask again at once is of no use. */
  readonly unreachable: boolean;

  constructor(cause: Error & { readonly code?: string }) {
    super(words[cause.code ?? ""] ?? (cause.message || cause.code || "the connection failed"), { cause });
    this.unreachable = nobodyThere.has(cause.code ?? "");
  }
}

const words: Readonly<Record<string, string>> = {
  UND_ERR_CONNECT_TIMEOUT: "no connection in time",
  UND_ERR_HEADERS_TIMEOUT: "no answer in time",
  UND_ERR_BODY_TIMEOUT: "nothing more came in time",
  UND_ERR_SOCKET: "the connection broke off",
  ECONNRESET: "the connection broke off",
};
const nobodyThere: ReadonlySet<string> = new Set([
  ...["ENOTFOUND", "EAI_AGAIN", "ECONNREFUSED", "ENETUNREACH", "EHOSTUNREACH"],
]);

type Asked = {
  readonly headers: Readonly<Record<string, string>>;
  /** Milliseconds for a connection, for an answer and between two pieces of it. */
  readonly timeout: number;
};

/** Calls `use` with the answer, then hangs up. Throws NetworkFault where there is none. */
export async function withAnswer<T>(
  url: string,
  { headers, timeout }: Asked,
  use: (answer: Answer) => Promise<T>,
): Promise<T> {
  const agent = new Agent({
    factory: (origin, options) => {
      const proxy = proxyFromEnv.getProxyForUrl(String(origin));
      return proxy === "" ? new Pool(origin, options) : new ProxyAgent({ uri: proxy, connect: { timeout } });
    },
    connect: { timeout },
  });
  try {
    const answer = await faulting(() =>
      request(url, {
        headers: { ...headers, "accept-encoding": "identity" },
        headersTimeout: timeout,
        bodyTimeout: timeout,
        dispatcher: agent.compose(interceptors.redirect({ maxRedirections: 5 })),
      }),
    );
    // An answer that is not read to its end is told of an error then, which is nobody's.
    answer.body.on("error", () => {});
    return await use({
      status: answer.statusCode,
      header: (name) => String(answer.headers[name] ?? "") || undefined,
      body: pieces(answer.body),
    });
  } finally {
    await agent.destroy();
  }
}

async function* pieces(body: AsyncIterable<Uint8Array>): AsyncIterable<Uint8Array> {
  const iterator = body[Symbol.asyncIterator]();
  for (;;) {
    const { done, value } = await faulting(() => iterator.next());
    if (done) return;
    yield value;
  }
}

async function faulting<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new NetworkFault(error as Error);
  }
}
