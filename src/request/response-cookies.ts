import { stringifySetCookie } from 'cookie';
import { propertyOf } from './headers.ts';

/** What `cookies().set` of Next.js takes, among others. */
export interface CookieAttributes {
  httpOnly: true;
  secure: boolean;
  sameSite: 'lax' | 'strict' | 'none';
  path: '/';
  /** Seconds; 0: the cookie is deleted. */
  maxAge: number;
}

/** Sets a cookie, as the app does it. */
export type SetCookie = (name: string, value: string, attributes: CookieAttributes) => void;

/** Where the answer to a request is made: what adapters pass beside the request. */
export interface ResponseSource {
  /** Of Node's servers, Express, Fastify and Next's pages. */
  readonly res?: unknown;
  /** Of fetch servers. */
  readonly resHeaders?: unknown;
  /** Of Lambda, which has neither: `responseMeta` sets its cookies. */
  readonly event?: unknown;
  readonly setCookie?: SetCookie | undefined;
}

/** The cookies that the answer to a request sets. */
export interface ResponseCookies {
  /** Whether the answer can still set a cookie. */
  canSet(): boolean;
  /**
   * Sets a cookie. Of several with one name, that of the last call of the batch counts.
   * @param batchIndex of the call that sets it
   */
  set(batchIndex: number, ...cookie: Parameters<SetCookie>): void;
  /** The headers that `responseMeta` must return for cookies that were set, once. */
  takeHeaders(): readonly string[];
}

interface Writer {
  readonly canSet: () => boolean;
  readonly set: SetCookie;
  readonly takeHeaders: () => readonly string[];
}

/** @param isClosed whether the headers are sent before the calls run, or the request has no answer, as a WebSocket's */
export function createResponseCookies(source: ResponseSource, isClosed: boolean): ResponseCookies {
  const writer = isClosed ? closed : writerOf(source);
  /** The index of the call that has set the cookie, by the cookie's name. */
  const setBy = new Map<string, number>();
  return {
    canSet: writer.canSet,
    set(batchIndex, name, ...cookie) {
      if (batchIndex < (setBy.get(name) ?? 0)) return;
      setBy.set(name, batchIndex);
      writer.set(name, ...cookie);
    },
    takeHeaders: () => (setBy.size === 0 ? [] : writer.takeHeaders()),
  };
}

const nothing = (): readonly string[] => [];
const closed: Writer = { canSet: () => false, set: () => undefined, takeHeaders: nothing };

function writerOf({ res, resHeaders, event, setCookie }: ResponseSource): Writer {
  if (setCookie !== undefined) return { canSet: () => true, set: setCookie, takeHeaders: nothing };
  if (isHeaders(resHeaders)) return fetchWriter(resHeaders);
  if (isFastifyReply(res)) return fastifyWriter(res);
  if (isNodeResponse(res)) return nodeWriter(res);
  return event === undefined ? closed : deferredWriter();
}

function fetchWriter(headers: Headers): Writer {
  return {
    canSet: () => true,
    set: (...cookie) => headers.append('set-cookie', headerOf(...cookie)),
    takeHeaders: nothing,
  };
}

function fastifyWriter(reply: FastifyReply): Writer {
  return {
    canSet: () => !reply.sent && !reply.raw.headersSent,
    set: (...cookie) => void reply.header('set-cookie', headerOf(...cookie)),
    takeHeaders: nothing,
  };
}

/** tRPC replaces the response's cookies by those of `responseMeta`, if it returns any. So that returns all. */
function nodeWriter(response: NodeResponse): Writer {
  return {
    canSet: () => !response.headersSent,
    set: (...cookie) => void response.appendHeader('set-cookie', headerOf(...cookie)),
    takeHeaders: () => [response.getHeader('set-cookie') ?? []].flat().map(String),
  };
}

function deferredWriter(): Writer {
  const headers: string[] = [];
  return {
    canSet: () => true,
    set: (...cookie) => void headers.push(headerOf(...cookie)),
    takeHeaders: () => headers.splice(0),
  };
}

function headerOf(name: string, value: string, attributes: CookieAttributes): string {
  return stringifySetCookie({ name, value, ...attributes });
}

interface NodeResponse {
  readonly headersSent: boolean;
  appendHeader(name: string, value: string): unknown;
  getHeader(name: string): number | string | readonly string[] | undefined;
}

interface FastifyReply {
  readonly sent: boolean;
  readonly raw: { readonly headersSent: boolean };
  header(name: string, value: string): unknown;
}

function isHeaders(value: unknown): value is Headers {
  return typeof propertyOf(value, 'append') === 'function';
}

function isFastifyReply(value: unknown): value is FastifyReply {
  return typeof propertyOf(value, 'header') === 'function' && typeof propertyOf(value, 'raw') === 'object';
}

function isNodeResponse(value: unknown): value is NodeResponse {
  return typeof propertyOf(value, 'appendHeader') === 'function';
}
