import { z } from 'zod';
import type { DurinContext } from '../request/durin-request.ts';
import { type Auth, toAuth } from '../session.ts';
import type { SignIn } from '../tokens/sign-in.ts';
import { refuseUnreadableInput } from '../trpc/base-procedure.ts';
import type { RouterProcedures } from './router-procedures.ts';

/** PostgreSQL stores no NUL and no half of a surrogate pair, so nobody has such a name. */
const userName = z
  .string()
  .max(1024)
  .refine((name) => name.isWellFormed() && !name.includes('\0'), 'Must be Unicode text without NUL.');

/** What `login` takes unless the app says otherwise. A password is taken as it is: not trimmed, not cut. */
export const defaultLoginInput = z.object({ username: userName, password: z.string().max(4096) });

export type DefaultLoginInput = typeof defaultLoginInput;

export interface LoginDeps {
  readonly signIn: SignIn;
  readonly loginInput: z.ZodObject;
  /** Whether the input names the client. */
  readonly takesClient: boolean;
  readonly formatExpiry: (expiry: Date | null) => unknown;
  /** `null`: the answer has no `user`. */
  readonly serializeUser: ((user: object) => unknown) | null;
  readonly loginResponse: ((args: LoginFacts) => unknown) | null;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

export interface LoginFacts {
  readonly user: object;
  readonly auth: Auth;
  readonly token: string;
  readonly ctx: DurinContext;
}

export function createLogin({ changingProcedure, stateOf }: RouterProcedures, deps: LoginDeps) {
  const { signIn, formatExpiry, serializeUser, loginResponse, now } = deps;
  // A missing and an unknown client have refusals of their own, so the parser lets every value through.
  const input = deps.takesClient ? deps.loginInput.extend({ client: z.unknown().optional() }) : deps.loginInput;

  return changingProcedure
    .use(refuseUnreadableInput)
    .input(input)
    .mutation(async function login({ ctx, input: given, batchIndex = 0 }) {
      const state = stateOf(ctx);
      const { user, record, token } = await signIn(given, ctx, state.recordLimit);
      state.useToken(batchIndex, token);
      const extra = await loginResponse?.({ user, auth: toAuth(record, now()), token, ctx });
      return {
        ...(extra as object | undefined),
        token,
        expiry: formatExpiry(record.expiresAt),
        ...(serializeUser && { user: await serializeUser(user) }),
      };
    });
}
