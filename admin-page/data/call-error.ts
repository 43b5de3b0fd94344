import { TRPCClientError } from '@trpc/client';
import { HttpError } from 'react-admin';
import type { DurinErrorData } from '../../src/wire.ts';

/** What a refused call carries, as far as the page looks at it. */
interface CallErrorData {
  readonly httpStatus?: number;
  readonly code?: string;
  readonly durin?: DurinErrorData;
  readonly fields?: Readonly<Record<string, string>>;
}

/** `null`: the server was not reached. */
export function dataOf(error: unknown): CallErrorData | null {
  return error instanceof TRPCClientError ? ((error.data as CallErrorData | undefined) ?? null) : null;
}

/** What went wrong, in words for the person at the page. */
export function describeError(error: unknown): string {
  if (error instanceof HttpError) return error.message;
  const data = dataOf(error);
  if (data === null) return 'The server cannot be reached. Check the connection and try again.';
  const { durin, code } = data;
  if (durin?.code === 'THROTTLED') return `Too many tries. ${waitInWords(durin.retryAfter)}`;
  if (durin?.code === 'STORE_UNAVAILABLE') return 'The database cannot be reached at the moment. Try again shortly.';
  if (durin?.code === 'UNKNOWN_CLIENT') return unknownClient;
  if (code === 'INTERNAL_SERVER_ERROR') return 'The server failed. Its log says why.';
  if (data.fields !== undefined || durin?.fields !== undefined) return 'Some of what was entered is not right.';
  return error instanceof Error ? error.message : 'The server refused this.';
}

const unknownClient = 'There is no client with that name: it may have been deleted.';

/** What is wrong with the fields of a form, by field; the forms call a token's lifetime by its name. */
export function fieldErrorsOf(error: unknown): Record<string, string> | null {
  const data = dataOf(error);
  if (data?.fields !== undefined) return { ...data.fields };
  const durin = data?.durin;
  if (durin?.code === 'CLIENT_EXISTS') return { name: 'A client with this name already exists.' };
  if (durin?.code === 'UNKNOWN_CLIENT') return { client: unknownClient };
  if (durin?.code === 'USER_NOT_FOUND') return { user: 'There is no such user: it may have been deleted.' };
  if (durin?.fields === undefined) return null;
  return Object.fromEntries(
    Object.entries(durin.fields).map(([path, sentences]) => {
      const name = path.replace(/^changes\./, '');
      return [name === 'tokenTtl' ? 'lifetime' : name, sentences.join(' ')];
    }),
  );
}

/** As react-admin wants errors: with a status, and with what belongs to a form's fields. */
export function toHttpError(error: unknown): HttpError {
  const errors = fieldErrorsOf(error);
  return new HttpError(describeError(error), dataOf(error)?.httpStatus ?? 0, errors === null ? null : { errors });
}

/** How long to wait before the next try. */
function waitInWords(seconds = 60): string {
  if (seconds < 90) return `Try again in ${seconds} second${seconds === 1 ? '' : 's'}.`;
  if (seconds < 5400) return `Try again in ${Math.ceil(seconds / 60)} minutes.`;
  return `Try again in ${Math.ceil(seconds / 3600)} hours.`;
}
