import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { setRefusalHeaders } from './refusals/refusal-headers.ts';
import { type DurinErrorCode, type DurinErrorData, refusals } from './wire.ts';

/** The same symbol in every copy of the package, so that each copy knows the errors of the others. */
const brand = Symbol.for('trpc-durin.DurinError');

/**
 * A refused call. The caller receives `message`, which is a fixed sentence of the code, and `durin` as `error.data.durin`.
 * `code` is tRPC's code, and `httpStatus` what it means over HTTP. `cause`, if there is one, is for the server's logs and
 * is never sent.
 *
 * `name` stays `TRPCError`, because another copy of tRPC recognises errors by it. Use `isDurinError` instead.
 *
 * @example
 * ```ts
 * export async function GET(request: Request) {
 *   try {
 *     const { user } = await durin.guard(request, { scopes: ['reports:read'] });
 *     return Response.json(await reportOf(user.id));
 *   } catch (error) {
 *     if (!isDurinError(error)) throw error;
 *     return error.toResponse(); // 401 { message: 'The given token has expired.', code: 'TOKEN_EXPIRED' }
 *   }
 * }
 * ```
 */
export class DurinError extends TRPCError {
  readonly durin: Readonly<DurinErrorData>;
  /** Such as 401, 403 or 429. For routes that are not tRPC. */
  readonly httpStatus: number;
  /** The headers of the answer to the request that was refused. `null`: those that the code alone asks for. */
  #headers: Headers | null = null;

  constructor(code: DurinErrorCode, facts: Omit<DurinErrorData, 'code'> & { cause?: unknown; sentence?: string } = {}) {
    const { cause, sentence, ...rest } = facts;
    const [trpcCode, message] = refusals[code];
    super({ code: trpcCode, message: sentence ?? message, cause });
    this.httpStatus = getHTTPStatusCodeFromError(this);
    this.durin = Object.freeze({ code, ...rest });
    Object.defineProperty(this, brand, { value: true });
  }

  /**
   * Returns the answer to the refused request, for routes that are not tRPC: `httpStatus`, `{ message, ...durin }` as JSON, and
   * the headers that tRPC's answer would have. What `durin.guard` and `durin.authenticate` throw announces the scheme and the
   * limits of that durin; any other error announces the scheme `Token`.
   */
  toResponse(): Response {
    const headers = new Headers(this.#headers ?? undefined);
    if (this.#headers === null) setRefusalHeaders(headers, [this], 'Token');
    headers.set('Cache-Control', 'no-store');
    return Response.json({ message: this.message, ...this.durin }, { status: this.httpStatus, headers });
  }

  /**
   * Returns the error with the headers of the answer to one request. Requests may share an error, such as that of a look-up for
   * several of them, so an error that has headers already is copied. Errors of another copy of the package stay as they are.
   */
  static withHeaders(error: DurinError, headers: Headers): DurinError {
    if (!(#headers in error)) return error;
    const own = error.#headers === null ? error : copyError(error);
    own.#headers = headers;
    return own;
  }
}

/**
 * Returns whether an error is a DurinError of any copy of trpc-durin in this process. `instanceof` knows those of its own
 * copy only, and bundlers and frameworks load a package twice: Next.js does so for route handlers and server components.
 *
 * @example
 * ```ts
 * if (isDurinError(error) && error.durin.code === 'THROTTLED') await wait(error.durin.retryAfter);
 * ```
 */
export function isDurinError(error: unknown): error is DurinError {
  return typeof error === 'object' && error !== null && brand in error;
}

/** Returns an error of its own with the same answer, where several calls or requests share one. */
export function copyError({ durin: { code, ...facts }, message, cause }: DurinError): DurinError {
  return new DurinError(code, { ...facts, sentence: message, cause });
}

export const internalMessage = 'Internal server error';

/** Hides an unexpected error, or one of the app's own callbacks: only the server's logs see `cause`. */
export function internalError(cause: unknown): TRPCError {
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: internalMessage, cause });
}

/**
 * A mistake in the program rather than in a call, such as a wrong option or argument. The message names what is wrong.
 *
 * @example
 * ```ts
 * createDurin({ ...options, tokenTTL: '1d' }); // DurinUsageError: createDurin: unknown option 'tokenTTL'
 * ```
 */
export class DurinUsageError extends TypeError {
  override readonly name = 'DurinUsageError';
}
