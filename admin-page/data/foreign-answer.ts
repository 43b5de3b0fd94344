import { type HTTPLinkOptions, TRPCClientError } from '@trpc/client';
import type { AdminPageRouter } from '../../src/admin/page/page-router.ts';

type Fetch = NonNullable<HTTPLinkOptions<AdminPageRouter['_def']['_config']['$types']>['fetch']>;

/** Something in front of the page's API answered, and not in JSON. */
class ForeignAnswerError extends Error {
  readonly status: number;

  constructor(status: number) {
    super(`The server answered with status ${status}, and not in JSON`);
    this.status = status;
  }
}

/** `fetch` for the page's API. An answer that tRPC could not read keeps its status. */
export const fetchFromApi: Fetch = async (input, { signal, ...init } = {}) => {
  const response = await fetch(input, { ...init, signal: signal ?? null });
  const isJson = response.headers.get('content-type')?.startsWith('application/json') === true;
  if (!isJson) throw new ForeignAnswerError(response.status);
  return response;
};

/** Describes a failed call that was answered, but not by the page's API; `null`: it was not answered at all. */
export function describeForeignAnswer(error: unknown): string | null {
  const status = statusOf(error);
  if (status === null) return null;
  return `Something in front of the admin page's API answered with status ${status}. A body parser, a proxy or a route of the server may be the reason.`;
}

function statusOf(error: unknown): number | null {
  if (!(error instanceof TRPCClientError) || error.data) return null;
  if (error.cause instanceof ForeignAnswerError) return error.cause.status;
  const response = error.meta?.['response']; // set if the answer is JSON, but not tRPC's
  return response instanceof Response ? response.status : null;
}
