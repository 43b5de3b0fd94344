import type { BodyAnswer, GuardedAnswer, PreflightAnswer } from './judge-server.ts';

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

export interface ProbeDeps {
  /** The address of the tRPC endpoint. */
  readonly api: string;
  readonly authPath: string;
  readonly fetchUrl: Fetch;
  /** How long a probe waits, in milliseconds. */
  readonly timeoutMs: number;
}

/** Makes calls without a token, which the server refuses. */
export function createProbes({ api, authPath, fetchUrl, timeoutMs }: ProbeDeps) {
  const addressOf = (procedure: string) => `${api.replace(/\/+$/, '')}/${authPath}.${procedure}`;
  const send = (procedure: string, init: RequestInit) =>
    fetchUrl(addressOf(procedure), { ...init, redirect: 'manual', signal: AbortSignal.timeout(timeoutMs) });

  return {
    async guarded(): Promise<GuardedAnswer> {
      const response = await send('sessions.list', {});
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
      const { status, headers } = await send('login', { method: 'OPTIONS', headers: { origin, ...asked } });
      return {
        origin,
        status,
        allowOrigin: headers.get('access-control-allow-origin'),
        allowHeaders: (headers.get('access-control-allow-headers') ?? '').toLowerCase().split(/\s*,\s*/),
        allowsCredentials: headers.get('access-control-allow-credentials') === 'true',
      };
    },

    /** Sends `login` an input that it reads, and refuses before it counts the attempt. */
    async largeBody(bytes: number): Promise<BodyAnswer> {
      const body = JSON.stringify('x'.repeat(bytes));
      const headers = { 'content-type': 'application/json' };
      try {
        const { status } = await send('login', { method: 'POST', headers, body });
        return status;
      } catch (error) {
        return error instanceof Error && error.name === 'TimeoutError' ? 'timeout' : 'closed';
      }
    },
  };
}

/** The code of durin's refusal in an answer of tRPC, with or without superjson. */
function codeIn(text: string): string | null {
  return /"durin":\{"code":"([A-Z_]+)"/.exec(text)?.[1] ?? null;
}
