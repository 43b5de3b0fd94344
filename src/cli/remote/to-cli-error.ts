import { TRPCClientError } from '@trpc/client';
import { DurinError } from '../../errors.ts';
import { readOnlySentence } from '../../values/read-only-sentence.ts';
import { type DurinErrorCode, type DurinErrorData, refusals } from '../../wire.ts';
import { CliError } from '../cli-error.ts';

/** What the API says about a refused call. */
interface ErrorData {
  readonly code?: string;
  readonly httpStatus?: number;
  readonly durin?: DurinErrorData;
}

/** Refusals of the token itself, whatever the command is. */
const tokenRefusals: Partial<Record<DurinErrorCode, string>> = {
  NO_CREDENTIALS: 'The server found no token in the request. A proxy may have removed the Authorization header.',
  NOT_ADMIN: 'The user of this token is no admin of the server.',
  CLIENT_NOT_ALLOWED: 'The server lets no token of this client manage it.',
  INSUFFICIENT_SCOPE:
    'This token may not manage the server. Use the token of a session: an API key reaches only what names its scopes.',
};

/** Turns the error of a call into the one that the same call has in this process, or into a sentence. */
export function toCliError(error: unknown): unknown {
  if (!(error instanceof TRPCClientError)) return error;
  if (error.cause instanceof CliError) return error.cause;
  const data = (error.data ?? {}) as ErrorData;
  const { durin } = data;
  if (durin === undefined || !Object.hasOwn(refusals, durin.code)) return new CliError(describe(error.message, data));
  const sentence = error.message === readOnlySentence ? readOnlySentence : tokenRefusals[durin.code];
  if (sentence !== undefined) return new CliError(sentence);
  if (data.httpStatus === 401) return new CliError(`The server refuses the token: ${error.message}`);
  const { code, ...facts } = durin;
  return new DurinError(code, facts);
}

function describe(message: string, { code, httpStatus }: ErrorData): string {
  if (code === 'NOT_FOUND' && httpStatus === 404) return `The server does not know this command: ${message}.`;
  if (httpStatus === undefined) return 'The answer is not one of an admin page of trpc-durin.';
  return `The server answered with status ${httpStatus}: ${message}`;
}
