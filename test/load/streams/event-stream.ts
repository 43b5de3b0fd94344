/** How a stream ended: with this code, as seen here at this time. `null`: without an error. */
export interface StreamEnd {
  readonly code: string | null;
  readonly at: number;
}

/** A stream of ticks over server-sent events, read without an EventSource, so that hundreds cost little. */
export interface EventStream {
  /** When each event that arrived was yielded, by the server's clock. */
  readonly yieldedAt: readonly number[];
  readonly opened: Promise<void>;
  readonly over: Promise<StreamEnd>;
  close(): void;
}

/** Opens the subscription `ticks` of a server. */
export function openEventStream(url: string, token: string, everyMs: number): EventStream {
  const leaving = new AbortController();
  const opened = Promise.withResolvers<void>();
  const yieldedAt: number[] = [];

  async function read(): Promise<StreamEnd> {
    const response = await fetch(`${url}/ticks?input=${everyMs}`, {
      headers: { authorization: `Token ${token}`, accept: 'text/event-stream' },
      signal: leaving.signal,
    });
    let rest = '';
    for await (const chunk of response.body?.pipeThrough(new TextDecoderStream()) ?? []) {
      const messages = `${rest}${chunk}`.split('\n\n');
      rest = messages.pop() ?? '';
      for (const message of messages) {
        const [, event = 'message'] = /^event: (.*)$/m.exec(message) ?? [];
        const [, data = 'null'] = /^data: (.*)$/m.exec(message) ?? [];
        if (event === 'serialized-error') return { code: codeOf(data), at: Date.now() };
        if (event !== 'message') continue;
        yieldedAt.push(Number(data));
        opened.resolve();
      }
    }
    return { code: null, at: Date.now() };
  }

  const over = read().catch((error: unknown): StreamEnd => {
    opened.reject(error);
    if (leaving.signal.aborted) return { code: null, at: Date.now() };
    throw error;
  });
  return { yieldedAt, opened: opened.promise, over, close: () => leaving.abort() };
}

function codeOf(data: string): string {
  const error = JSON.parse(data) as { data?: { durin?: { code?: string } } };
  return error.data?.durin?.code ?? data;
}
