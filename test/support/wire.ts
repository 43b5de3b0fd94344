import type { AnyRouter, TRPCError } from '@trpc/server';
import { fetchRequestHandler } from '@trpc/server/adapters/fetch';
import superjson from 'superjson';
import type { DurinContext } from '../../src/index.ts';
import type { Caller } from './app.ts';

/** What a router with superjson answers to a refused call. */
export interface WireError {
  message: string;
  code: number;
  data: { code: string; httpStatus: number; path?: string; stack?: string; durin?: { code: string } };
}

interface Served {
  readonly createContext: (call: { req: Request }) => DurinContext;
  readonly responseMeta: (facts: never) => { headers: Headers };
}

/** Calls a router as a browser would, through the fetch adapter, without a socket. For routers with superjson. */
export function createWire(
  router: AnyRouter,
  { createContext, responseMeta }: Served,
  onError?: (facts: { error: TRPCError }) => void,
) {
  async function send(request: Request): Promise<Response> {
    return fetchRequestHandler({
      endpoint: '',
      req: request,
      router,
      createContext,
      responseMeta: (facts) => responseMeta(facts as never),
      ...(onError && { onError }),
    });
  }

  async function call(path: string, { token, header, input, body }: Caller & { input?: unknown; body?: string } = {}) {
    const authorization = header ?? (token === undefined ? undefined : `Token ${token}`);
    const procedure = (router._def.procedures as Record<string, { _def: { type: string } }>)[path];
    const isQuery = procedure?._def.type === 'query';
    const serialized = JSON.stringify(superjson.serialize(input));
    const query = isQuery && input !== undefined ? `?input=${encodeURIComponent(serialized)}` : '';
    const request = new Request(`http://localhost/${path}${query}`, {
      method: isQuery ? 'GET' : 'POST',
      headers: { 'content-type': 'application/json', ...(authorization && { authorization }) },
      ...(!isQuery && { body: body ?? serialized }),
    });
    return read(await send(request));
  }

  return { send, call };
}

/** A response in parts, and as it came. */
export async function read(response: Response) {
  const text = await response.text();
  const body = JSON.parse(text) as { result?: { data: { json: unknown } }; error?: { json: WireError } };
  return {
    status: response.status,
    headers: response.headers,
    text,
    data: body.result?.data.json,
    error: body.error?.json,
  };
}
