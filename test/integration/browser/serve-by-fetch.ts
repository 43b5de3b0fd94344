import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import type { Serving } from './browser-app.ts';
import type { Send } from './fake-browser.ts';

/** Serves a router without a socket. */
export function serveByFetch(serving: Serving) {
  const send: Send = async (url, { method, headers, body }) => {
    const hasBody = body !== undefined && method !== 'GET';
    const req = new Request(url, {
      method,
      headers: { host: new URL(url).host, ...headers },
      ...(hasBody && { body }),
    });
    const answer = await fetchRequestHandler({ endpoint: '/trpc', req, ...serving });
    return { status: answer.status, headers: answer.headers, text: await answer.text() };
  };
  return { url: 'https://app.example.com/trpc', send, close: async () => {} };
}
