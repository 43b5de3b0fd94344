import { DurinError } from '../errors.ts';
import type { DurinRequest } from '../request/durin-request.ts';
import type { ResponseFacts } from './response-headers.ts';

/**
 * Returns the error to throw out of a route of the app: a refusal with the headers of its answer, for
 * `DurinError.toResponse`; any other error as it is.
 */
export type ToAnswered = (error: unknown, request: DurinRequest) => unknown;

export function createToAnswered(responseMeta: (facts: ResponseFacts) => { headers: Headers }): ToAnswered {
  return function toAnswered(error, request) {
    if (!(error instanceof DurinError)) return error;
    const { headers } = responseMeta({ ctx: { durin: request }, errors: [error] });
    return DurinError.withHeaders(error, headers);
  };
}
