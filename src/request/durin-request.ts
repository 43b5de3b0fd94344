import { DurinUsageError } from '../errors.ts';
import type { CallOrigin } from '../events.ts';
import { originOf } from './call-origin.ts';
import { headersOf, propertyOf, readHeader, textOf } from './headers.ts';

/** What tRPC's adapters pass to `createContext`: a `req` (standalone, Express, Fastify, fetch, WebSocket) or an `event` (Lambda). */
export interface AdapterCall {
  req?: unknown;
  event?: unknown;
  info?: unknown;
  /** The caller's address where no adapter tells it, such as on a fetch server that knows it by other means. */
  ipAddress?: string | null | undefined;
}

/**
 * What durin knows of a request: `ctx.durin`. What was presented as credentials is in private fields, so that logging
 * the context tells no token.
 */
export class DurinRequest implements CallOrigin {
  /** The caller's address, as far as `trustProxy` believes it. */
  readonly ipAddress: string | null;
  readonly userAgent: string | null;
  readonly #presented: readonly (string | null)[];
  readonly #isOneRequest: boolean;

  private constructor(origin: CallOrigin, presented: readonly (string | null)[], isOne: boolean) {
    this.ipAddress = origin.ipAddress;
    this.userAgent = origin.userAgent;
    this.#presented = presented;
    this.#isOneRequest = isOne;
  }

  static fromAdapter(call: AdapterCall, trustProxy: number): DurinRequest {
    const source = propertyOf(call, 'req') ?? propertyOf(call, 'event');
    const parameters = propertyOf(propertyOf(call, 'info'), 'connectionParams');
    const presented = [readHeader(headersOf(source), 'authorization'), textOf(propertyOf(parameters, 'authorization'))];
    const told = textOf(propertyOf(call, 'ipAddress'));
    return new DurinRequest(originOf(source, trustProxy, told), presented, isOneRequest(call));
  }

  /** The Authorization header, and what stands for it in `connectionParams`. */
  static presentedBy(request: DurinRequest): readonly (string | null)[] {
    return request.#presented;
  }

  /** Whether it is known to be one, which is soon over. On a WebSocket one context serves many calls, over hours. */
  static isOneRequest(request: DurinRequest): boolean {
    return request.#isOneRequest;
  }
}

/** What the app's context must have for durin's procedures; made by `durin.createContext`. */
export interface DurinContext {
  durin: DurinRequest;
}

export function isDurinContext(ctx: unknown): ctx is DurinContext {
  return propertyOf(ctx, 'durin') instanceof DurinRequest;
}

/**
 * The compiler does not see this mistake where a router is nested in one with another context.
 * @throws DurinUsageError
 */
export function requireDurinContext(ctx: unknown): asserts ctx is DurinContext {
  if (isDurinContext(ctx)) return;
  throw new DurinUsageError('ctx.durin is missing: the context must be made with durin.createContext');
}

/**
 * The HTTP adapters tell which procedures are called; the WebSocket adapter, at the time of its handshake, none. Without
 * `info`, such as in a context that is made of `req` alone, it can not be told.
 */
function isOneRequest(call: AdapterCall): boolean {
  const calls = propertyOf(propertyOf(call, 'info'), 'calls');
  return Array.isArray(calls) && calls.length > 0;
}
