import type { GuardedAnswer, PreflightAnswer } from './judge-server.ts';

/** The part of `fetch` that probes use. */
export type Fetch = (url: string, init: RequestInit) => Promise<Response>;

/** Headers that proxies and their services add to answers. */
const proxyHeaders = [
  'via',
  'x-cache',
  'cf-ray',
  'x-amz-cf-id',
  'x-amzn-trace-id',
  'x-served-by',
  'fly-request-id',
  'x-vercel-id',
  'x-envoy-upstream-service-time',
];

/** Makes calls without a token, which the server refuses. */
export function createProbes(api: string, authPath: string, fetchUrl: Fetch) {
  const addressOf = (procedure: string) => `${api.replace(/\/+$/, '')}/${authPath}.${procedure}`;

  return {
    async guarded(): Promise<GuardedAnswer> {
      const response = await fetchUrl(addressOf('sessions.list'), { redirect: 'manual' });
      const { status, headers } = response;
      return {
        status,
        code: codeIn(await response.text()),
        challenge: headers.get('www-authenticate'),
        proxyHeaders: proxyHeaders.filter((name) => headers.has(name)),
      };
    },

    async preflight(origin: string): Promise<PreflightAnswer> {
      const asked = {
        'access-control-request-method': 'POST',
        'access-control-request-headers': 'authorization,content-type',
      };
      const { status, headers } = await fetchUrl(addressOf('login'), {
        method: 'OPTIONS',
        headers: { origin, ...asked },
      });
      return {
        origin,
        status,
        allowOrigin: headers.get('access-control-allow-origin'),
        allowHeaders: (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/),
        allowsCredentials: headers.get('access-control-allow-credentials') === 'true',
      };
    },

    /** Returns the status; `null`: the connection was closed. */
    async largeBody(bytes: number): Promise<number | null> {
      const body = JSON.stringify('x'.repeat(bytes));
      const headers = { 'content-type': 'application/json' };
      try {
        const { status } = await fetchUrl(addressOf('logout'), { method: 'POST', headers, body });
        return status;
      } catch {
        return null;
      }
    },
  };
}

/** The code of durin's refusal in an answer of tRPC, with or without superjson. */
function codeIn(text: string): string | null {
  return /"durin":\{"code":"([A-Z_]+)"/.exec(text)?.[1] ?? null;
}
