import { type HeaderSource, propertyOf, readHeader, textOf } from './headers.ts';

/**
 * HTTP adapters pass the request's calls and their type in `info`. A subscription continues when its request has been
 * answered, and may make further calls with the same context. The WebSocket adapter passes no calls at its handshake.
 * Without `info`, as in a context created from `req` alone, the answer is not known and this returns false.
 */
export function servesOneRequest(info: unknown): boolean {
  return hasCalls(info) && propertyOf(info, 'type') !== 'subscription';
}

/** HTTP adapters read `connectionParams` from the URL. The WebSocket adapter receives them in a message. */
export function isFromUrl(info: unknown): boolean {
  return hasCalls(info) || textOf(propertyOf(propertyOf(info, 'url'), 'href')) !== null;
}

export function hasCalls(info: unknown): boolean {
  const calls = propertyOf(info, 'calls');
  return Array.isArray(calls) && calls.length > 0;
}

const streamed = 'application/jsonl';

/** Whether tRPC streams the answer. Without `info`, the headers say it as tRPC reads them. */
export function isStreamedCall(info: unknown, headers: HeaderSource | undefined): boolean {
  if (info !== undefined) return propertyOf(info, 'accept') === streamed;
  const ofTrpc = readHeader(headers, 'trpc-accept');
  if (ofTrpc !== null) return ofTrpc === streamed;
  const accepted = readHeader(headers, 'accept') ?? '';
  return accepted.split(',').some((type) => type.trim() === streamed);
}
