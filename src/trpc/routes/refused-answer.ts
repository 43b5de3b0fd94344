import { DurinError } from '../../errors.ts';
import { setRefusalHeaders } from '../../refusals/refusal-headers.ts';
import type { DurinContext, DurinRequest } from '../../request/durin-request.ts';
import type { LimitState } from '../../throttle/throttle.ts';
import { setLimitHeaders } from '../response-headers.ts';

/**
 * Returns the error to throw out of a route of the app: a refusal with the headers of its answer, for
 * `DurinError.toResponse`; any other error as it is.
 */
export type ToAnswered = (error: unknown, request: DurinRequest) => unknown;

export interface ToAnsweredDeps {
  /** The scheme that a challenge announces. */
  readonly scheme: string;
  readonly limitsOf: (ctx: DurinContext) => Iterable<LimitState>;
}

export function createToAnswered({ scheme, limitsOf }: ToAnsweredDeps): ToAnswered {
  return function toAnswered(error, request) {
    if (!(error instanceof DurinError)) return error;
    const headers = new Headers();
    setRefusalHeaders(headers, [error], scheme);
    setLimitHeaders(headers, [...limitsOf({ durin: request })]);
    return DurinError.withHeaders(error, headers);
  };
}
