import { z } from 'zod';
import type { DurinContext } from '../request/durin-request.ts';
import type { Auth, SessionRecord } from '../session.ts';
import { runCallback } from '../tokens/app-callback.ts';
import type { SignIn } from '../tokens/sign-in.ts';
import { refuseUnreadableInput } from '../trpc/base-procedure.ts';
import type { RouterProcedures } from './router-procedures.ts';

/** PostgreSQL cannot store NUL or half of a surrogate pair, so no user has such a name. */
const userName = z
  .string()
  .max(1024)
  .refine((name) => name.isWellFormed() && !name.includes('\0'), 'Must be Unicode text without NUL.');

/** The default input of `login`. A password is verified as it was received: neither trimmed nor cut. */
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
  /** `null`: the answer has no fields of the app's own. */
  readonly loginResponse: ((outcome: LoginOutcome) => unknown) | null;
  readonly toAuth: (record: SessionRecord) => Auth;
}

/** What the option `loginResponse` is called with. */
export interface LoginOutcome {
  readonly user: object;
  readonly auth: Auth;
  readonly token: string;
  readonly ctx: DurinContext;
}

export function createLogin({ changingProcedure, stateOf }: RouterProcedures, deps: LoginDeps) {
  const { signIn, formatExpiry, serializeUser, loginResponse, toAuth } = deps;
  // A missing and an unknown client have refusals of their own, so the schema accepts every value.
  const inputSchema = deps.takesClient ? deps.loginInput.extend({ client: z.unknown().optional() }) : deps.loginInput;

  return changingProcedure
    .use(refuseUnreadableInput)
    .input(inputSchema)
    .mutation(async function login({ ctx, input, batchIndex = 0 }) {
      const state = stateOf(ctx);
      const { user, record, token } = await signIn(input, ctx, state.recordLimit);
      state.useToken(batchIndex, token);
      const extra = await runCallback(() => loginResponse?.({ user, auth: toAuth(record), token, ctx }));
      return {
        ...(extra as object | undefined),
        token,
        expiry: formatExpiry(record.expiresAt),
        ...(serializeUser && { user: await runCallback(() => serializeUser(user)) }),
      };
    });
}
