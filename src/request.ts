import { DurinUsageError } from './errors.ts';
import type { CallOrigin } from './events.ts';

/** What `ip_address` and `user_agent` hold; longer values are cut. */
export const ipAddressLength = 64;
export const userAgentLength = 256;

/** Headers as the adapters give them: `Headers`, or an object whose names may be in any case. */
export type HeaderSource = Pick<Headers, 'get'> | Readonly<Record<string, unknown>>;

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
    const headers = propertyOf(source, 'headers') as HeaderSource | undefined;
    const parameters = propertyOf(propertyOf(call, 'info'), 'connectionParams');
    const presented = [readHeader(headers, 'authorization'), textOf(propertyOf(parameters, 'authorization'))];
    const told = textOf(propertyOf(call, 'ipAddress'));
    return new DurinRequest(originOf(source, headers, trustProxy, told), presented, isOneRequest(call));
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

/** A header's value, whatever kind of headers these are. */
export function readHeader(headers: HeaderSource | undefined, name: string): string | null {
  if (typeof headers !== 'object' || headers === null) return null;
  if (typeof headers.get === 'function') return textOf((headers as Pick<Headers, 'get'>).get(name));
  const record = headers as Readonly<Record<string, unknown>>;
  const exact = record[name];
  if (exact !== undefined) return textOf(exact);
  const key = Object.keys(record).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? null : textOf(record[key]);
}

/**
 * The address that the outermost believed proxy saw: with `trustProxy` n, the n-th X-Forwarded-For entry from the right.
 * Entries further left are the caller's own claim. What the app itself tells goes before all that.
 */
function originOf(
  source: unknown,
  headers: HeaderSource | undefined,
  trustProxy: number,
  told: string | null,
): CallOrigin {
  const forwarded =
    trustProxy === 0 ? [] : (readHeader(headers, 'x-forwarded-for') ?? '').split(',').map((entry) => entry.trim());
  const believed = forwarded.at(-trustProxy) ?? forwarded[0];
  return {
    ipAddress: clean(bareAddress(told ?? (believed || peerAddressOf(source))), ipAddressLength),
    userAgent: clean(readHeader(headers, 'user-agent'), userAgentLength),
  };
}

/** Without the port that some proxies add, and without the prefix by which a socket of IPv6 tells an address of IPv4. */
function bareAddress(text: string | null): string | null {
  const withoutPort = text?.replace(/^\[([^\]]*)\](?::\d+)?$|^([\d.]+):\d+$/, '$1$2');
  return withoutPort?.replace(/^::ffff:(?=[\d.]+$)/i, '') ?? null;
}

/** node:http and what is built on it have a socket, Lambda has a request context, fetch has neither. */
function peerAddressOf(source: unknown): string | null {
  const requestContext = propertyOf(source, 'requestContext');
  return (
    textOf(propertyOf(propertyOf(source, 'socket'), 'remoteAddress')) ??
    textOf(propertyOf(propertyOf(requestContext, 'http'), 'sourceIp')) ??
    textOf(propertyOf(propertyOf(requestContext, 'identity'), 'sourceIp'))
  );
}

/**
 * The HTTP adapters tell which procedures are called; the WebSocket adapter, at the time of its handshake, none. Without
 * `info`, such as in a context that is made of `req` alone, it can not be told.
 */
function isOneRequest(call: AdapterCall): boolean {
  const calls = propertyOf(propertyOf(call, 'info'), 'calls');
  return Array.isArray(calls) && calls.length > 0;
}

/** Without control characters, which PostgreSQL may refuse, and not longer than its column. */
function clean(text: string | null, maxLength: number): string | null {
  const cleaned = text?.replaceAll(/\p{Cc}/gu, '').slice(0, maxLength);
  return cleaned ? cleaned.toWellFormed() : null;
}

function propertyOf(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>)[name] : undefined;
}

function textOf(value: unknown): string | null {
  if (Array.isArray(value)) return textOf(value[0]);
  return typeof value === 'string' ? value : null;
}
