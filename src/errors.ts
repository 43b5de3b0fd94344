import { TRPCError } from '@trpc/server';
import { getHTTPStatusCodeFromError } from '@trpc/server/http';
import { type DurinErrorCode, type DurinErrorData, refusals } from './wire.ts';

/** The same symbol in every copy of the package, so that each copy knows the errors of the others. */
const brand = Symbol.for('trpc-durin.DurinError');

/**
 * A refused call. The caller receives `message`, which is the code's fixed sentence, and `durin` as `error.data.durin`.
 * `code` is tRPC's code, and `httpStatus` what it means over HTTP. `cause`, if there is one, is for the server's logs and
 * is never sent.
 *
 * `name` stays `TRPCError`, because another copy of tRPC recognises errors by it. Use `isDurinError` instead.
 *
 * @example
 * ```ts
 * app.get('/report', async (request, response) => {
 *   try {
 *     const { user } = await durin.authenticate(request);
 *     response.json(await reportFor(user.id));
 *   } catch (error) {
 *     if (!isDurinError(error)) throw error;
 *     response.status(error.httpStatus).json(error.durin); // 401 { code: 'TOKEN_EXPIRED' }
 *   }
 * });
 * ```
 */
export class DurinError extends TRPCError {
  readonly durin: Readonly<DurinErrorData>;
  /** Such as 401, 403 or 429. For routes that are not tRPC. */
  readonly httpStatus: number;

  constructor(code: DurinErrorCode, facts: Omit<DurinErrorData, 'code'> & { cause?: unknown } = {}) {
    const { cause, ...rest } = facts;
    const [trpcCode, message] = refusals[code];
    super({ code: trpcCode, message, cause });
    this.httpStatus = getHTTPStatusCodeFromError(this);
    this.durin = Object.freeze({ code, ...rest });
    Object.defineProperty(this, brand, { value: true });
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
