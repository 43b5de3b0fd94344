import { request } from 'node:http';
import { parseSetCookie, type SetCookie } from 'cookie';

/** Sends a request, as `fetch` does. Node's own would replace some of the headers that browsers send. */
export type Send = (url: string, init: RequestParts) => Promise<Answer>;

export interface RequestParts {
  readonly method: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
}

/** A mutation of a batch. */
type BatchedCall = readonly [path: string, input?: unknown];

/** A call in an answer. */
interface Result {
  readonly result?: { readonly data?: unknown };
  readonly error?: { readonly message: string; readonly data: { readonly durin?: { readonly code: string } } };
}

/** Sends over a socket. */
export const sendOverHttp: Send = (url, { method, headers, body }) =>
  new Promise((resolve, reject) => {
    const outgoing = request(url, { method, headers }, (incoming) => {
      let text = '';
      incoming.setEncoding('utf8');
      incoming.on('data', (chunk: string) => (text += chunk));
      incoming.on('end', () => {
        const answered = new Headers();
        for (const [name, values = []] of Object.entries(incoming.headersDistinct))
          for (const value of values) answered.append(name, value);
        resolve({ status: incoming.statusCode ?? 0, headers: answered, text });
      });
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });

/** What a browser sends with a request of a page of the same origin. */
const sameOrigin = { 'sec-fetch-site': 'same-origin' };

/** A browser's page: it keeps the cookies of the server, and sends them. */
export function openPage(url: string, send: Send = sendOverHttp, pageHeaders: Record<string, string> = sameOrigin) {
  const jar = new Map<string, string>();
  const received: SetCookie[] = [];

  async function fetch(path: string, parts: { method: string; headers?: Record<string, string>; body?: string }) {
    const cookie = [...jar].map(([name, value]) => `${name}=${value}`).join('; ');
    const { headers, ...rest } = parts;
    const json = rest.body === undefined ? {} : { 'content-type': 'application/json' };
    const all = { ...json, ...(cookie !== '' && { cookie }), ...pageHeaders, ...headers };
    const answer = await send(`${url}/${path}`, { ...rest, headers: all });
    for (const text of answer.headers.getSetCookie()) keep(parseSetCookie(text));
    return answer;
  }

  function fetchBatch(calls: readonly BatchedCall[], headers: Record<string, string>) {
    const path = `${calls.map(([name]) => name).join(',')}?batch=1`;
    const body = JSON.stringify(Object.fromEntries(calls.map(([, input], index) => [index, input])));
    return fetch(path, { method: 'POST', body, headers });
  }

  function keep(cookie: SetCookie): void {
    received.push(cookie);
    if (cookie.maxAge === 0) jar.delete(cookie.name);
    else jar.set(cookie.name, cookie.value ?? '');
  }

  return {
    jar,
    /** The cookies that were set, in their order. */
    received,
    fetch,
    async query(path: string, headers: Record<string, string> = {}) {
      return readOne(await fetch(path, { method: 'GET', headers }));
    },
    async mutate(path: string, input?: unknown, headers: Record<string, string> = {}) {
      return readOne(
        await fetch(path, { method: 'POST', body: input === undefined ? '' : JSON.stringify(input), headers }),
      );
    },
    /** Several mutations in one request. */
    async mutateAll(calls: readonly BatchedCall[], headers: Record<string, string> = {}) {
      const { text } = await fetchBatch(calls, headers);
      return (JSON.parse(text) as Result[]).map(resultOf);
    },
    /** The same, as `httpBatchStreamLink` sends it. Returns the text of the stream, with the answers in it. */
    async mutateInStream(calls: readonly BatchedCall[]) {
      const { text } = await fetchBatch(calls, { 'trpc-accept': 'application/jsonl' });
      if (text.trim().split('\n').length <= calls.length) throw new Error(`this is no stream: ${text}`);
      return text;
    },
  };
}

export type Page = ReturnType<typeof openPage>;

function readOne({ text }: Answer) {
  return resultOf(JSON.parse(text) as Result);
}

/** The data of a call, or the code of its refusal. */
function resultOf({ result, error }: Result) {
  if (error === undefined) return { data: result?.data };
  return { refused: error.data.durin?.code ?? error.message };
}
