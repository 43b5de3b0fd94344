import { TRPCClientError } from '@trpc/client';
import { HttpError } from 'react-admin';
import type { DurinErrorData } from '../../src/wire.ts';
import { fieldErrorOf } from '../text/field-error.ts';
import { retryHint } from '../text/retry-hint.ts';
import { describeForeignAnswer } from './foreign-answer.ts';

/** The part of a failed call's error data that the page reads. */
interface CallErrorData {
  readonly httpStatus?: number;
  readonly code?: string;
  readonly durin?: DurinErrorData;
  readonly fields?: Readonly<Record<string, string>>;
}

/** `null`: the call did not reach the page's API. */
export function errorDataOf(error: unknown): CallErrorData | null {
  return error instanceof TRPCClientError ? ((error.data as CallErrorData | undefined) ?? null) : null;
}

/** Whether the server refused a call because the user is no admin, or one who may only read. */
export function isNotAdmin(error: unknown): boolean {
  return errorDataOf(error instanceof HttpError ? error.cause : error)?.durin?.code === 'NOT_ADMIN';
}

/** Describes an error to the user of the page. */
export function describeError(error: unknown): string {
  if (error instanceof HttpError) return error.message;
  const data = errorDataOf(error);
  if (data === null) {
    return describeForeignAnswer(error) ?? 'The server cannot be reached. Check the connection and try again.';
  }
  const { durin, code } = data;
  if (durin?.code === 'THROTTLED') return `Too many attempts. ${retryHint(durin.retryAfter)}`;
  if (durin?.code === 'STORE_UNAVAILABLE') return 'The server cannot reach its database. Try again shortly.';
  if (durin?.code === 'UNKNOWN_CLIENT') return unknownClient;
  if (durin?.code === 'COOKIE_UNAVAILABLE') return cookieClient;
  if (durin?.code === 'KEY_LIMIT') return 'The user has as many API keys as the client allows.';
  if (code === 'INTERNAL_SERVER_ERROR') return 'The server failed. See its log for the reason.';
  if (data.fields !== undefined || durin?.fields !== undefined) return 'Some fields are invalid.';
  return error instanceof Error ? error.message : 'The server refused the request.';
}

const cookieClient =
  "This page keeps its token itself. Add a client with transport: 'header' to the option clients of createDurin, and name it in page.client of createDurinAdmin.";
const unknownClient = 'This client does not exist. It may have been deleted.';

/** The errors of a form, by field. `null`: the error is not about fields. */
export function fieldErrorsOf(error: unknown): Record<string, string> | null {
  const data = errorDataOf(error);
  if (data?.fields !== undefined) return { ...data.fields };
  const durin = data?.durin;
  if (durin?.code === 'CLIENT_EXISTS') return { name: 'A client with this name already exists.' };
  if (durin?.code === 'UNKNOWN_CLIENT') return { client: unknownClient };
  if (durin?.code === 'USER_NOT_FOUND') return { user: 'This user does not exist. It may have been deleted.' };
  if (durin?.fields === undefined) return null;
  return Object.fromEntries(Object.entries(durin.fields).map(([path, sentences]) => fieldErrorOf(path, sentences)));
}

/** Converts to react-admin's error, which has a status and the errors of a form's fields. Its cause is the error. */
export function toHttpError(error: unknown): HttpError {
  const errors = fieldErrorsOf(error);
  const status = errorDataOf(error)?.httpStatus ?? 0;
  const httpError = new HttpError(describeError(error), status, errors === null ? null : { errors });
  return Object.assign(httpError, { cause: error });
}
