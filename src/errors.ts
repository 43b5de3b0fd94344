import { TRPCError } from '@trpc/server';
import { type DurinErrorCode, type DurinErrorData, refusals } from './wire.ts';

/**
 * A refusal. `code` is tRPC's code, `durin` holds durin's own facts, `message` is the code's fixed sentence, and
 * `cause`, where there is one, is for the server's logs and never sent.
 */
export class DurinError extends TRPCError {
  readonly durin: Readonly<DurinErrorData>;

  constructor(code: DurinErrorCode, facts: Omit<DurinErrorData, 'code'> & { cause?: unknown } = {}) {
    const { cause, ...rest } = facts;
    const [trpcCode, message] = refusals[code];
    super({ code: trpcCode, message, cause });
    this.name = 'DurinError';
    this.durin = Object.freeze({ code, ...rest });
  }
}

/** What failed in the app's own code, or unforeseen: nobody but the server's logs is told what. */
export function internalError(cause: unknown): TRPCError {
  return new TRPCError({ code: 'INTERNAL_SERVER_ERROR', message: 'Internal server error', cause });
}

/** A mistake of the program, not of a caller: a wrong option, a wrong argument. Names what was wrong. */
export class DurinUsageError extends TypeError {
  override readonly name = 'DurinUsageError';
}
