import type { Reauthenticate } from '../tokens/verification/reauthenticate.ts';
import { refuseUnreadableInput } from '../trpc/base-procedure.ts';
import type { AnyLoginSchema } from './login-schema.ts';
import type { RouterProcedures } from './router-procedures.ts';

export interface ReauthenticateProcedureDeps {
  readonly reauthenticate: Reauthenticate;
  readonly loginInput: AnyLoginSchema;
}

/** Takes the input of `login` without `client` and `deviceName`: the session has them already. */
export function createReauthenticateProcedure(
  { untimedChangingProcedure, stateOf }: RouterProcedures,
  { reauthenticate, loginInput }: ReauthenticateProcedureDeps,
) {
  return untimedChangingProcedure
    .use(refuseUnreadableInput)
    .input(loginInput)
    .mutation(async function reauthenticateUser({ ctx, input }): Promise<void> {
      await reauthenticate(ctx.session, { input, ctx, onLimit: stateOf(ctx).recordLimit });
    });
}
