import { z } from 'zod';
import type { LogIn } from '../tokens/logins/log-in.ts';
import { refuseUnreadableInput, t } from '../trpc/base-procedure.ts';
import type { LoginAnswer } from './login-answer.ts';
import { type AnyLoginSchema, inputFieldsOf } from './login-schema.ts';
import type { RouterProcedures } from './router-procedures.ts';
import { sessionName } from './sessions.ts';

/** PostgreSQL cannot store NUL or half of a surrogate pair, so no user has such a name. */
const userName = z
  .string()
  .max(1024)
  .refine((name) => name.isWellFormed() && !name.includes('\0'), 'Must be Unicode text without NUL.');

/** The default input of `login`. A password is verified as it was received: neither trimmed nor cut. */
export const defaultLoginInput = z.object({ username: userName, password: z.string().max(4096) });

export type DefaultLoginInput = typeof defaultLoginInput;

export interface LoginDeps {
  readonly logIn: LogIn;
  readonly loginInput: AnyLoginSchema;
  /** Whether the input names the client. */
  readonly takesClient: boolean;
  readonly loginAnswer: LoginAnswer;
}

/** A missing and an unknown client have refusals of their own, so the schema accepts every value. */
const clientInput = { client: z.unknown().optional() };
const deviceNameInput = { deviceName: sessionName.optional() };

/** Hides fields of durin's own from the app's schema, which may refuse fields that it does not know. */
function hideFields(hidden: readonly string[]) {
  return t.middleware(async function hide({ getRawInput, next }) {
    return next({ getRawInput: async () => withoutFields(await getRawInput(), hidden) });
  });
}

function withoutFields(input: unknown, hidden: readonly string[]): unknown {
  if (typeof input !== 'object' || input === null || !hidden.some((name) => Object.hasOwn(input, name))) return input;
  return Object.fromEntries(Object.entries(input).filter(([name]) => !hidden.includes(name)));
}

export function createLogin({ loginProcedure, stateOf }: RouterProcedures, deps: LoginDeps) {
  const { logIn, loginInput, takesClient, loginAnswer } = deps;
  const readableProcedure = loginProcedure.use(refuseUnreadableInput);
  const alternatives = inputFieldsOf(loginInput) ?? [];
  const isDeclared = alternatives.length > 0 && alternatives.every((fields) => fields.includes('client'));
  const hasDeviceName = alternatives.some((fields) => fields.includes('deviceName')); // then it is the app's
  const own = { ...(takesClient && clientInput), ...(!hasDeviceName && deviceNameInput) };
  const hidden = Object.keys(own).filter((field) => field !== 'client' || !isDeclared);
  const inputProcedure = readableProcedure.input(z.object(own)).use(hideFields(hidden)).input(loginInput);

  return inputProcedure.mutation(async function login({ ctx, input, batchIndex = 0 }) {
    const signedIn = await logIn(input, ctx, stateOf(ctx).recordLimit);
    return loginAnswer(signedIn, { ctx, batchIndex });
  });
}
