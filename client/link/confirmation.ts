import type { DurinErrorData } from '../../src/wire.ts';
import type { Epoch } from '../session/epoch.ts';
import type { SessionStore } from '../session/session-store.ts';
import { durinErrorOf } from './durin-error.ts';

/** The option `onReauthenticate`, without the app's types. */
export type OnReauthenticate = (refusal: DurinErrorData) => Promise<object | null>;

/**
 * Resolves when a call that failed may be sent again. Rejects with what its caller gets instead.
 * @param call the number of the call
 */
export type Confirm = (failure: unknown, epoch: Epoch, call: number) => Promise<void>;

/**
 * Asks the user of a session once for any number of calls that are refused with REAUTHENTICATION_REQUIRED, and again after wrong
 * credentials. A call that was made before the user's last proof needs none of its own, also if its refusal arrives later.
 * @param reauthenticate calls the procedure
 */
export function createConfirm(
  store: SessionStore,
  onReauthenticate: OnReauthenticate | undefined,
  reauthenticate: (input: object) => Promise<unknown>,
): Confirm {
  /** Returns whether the user has proved to be the user of this epoch. */
  async function ask(refusal: DurinErrorData, epoch: Epoch): Promise<boolean> {
    const input = await onReauthenticate?.(refusal);
    if (!input || epoch !== store.state.epoch) return false;
    try {
      await reauthenticate(input);
      return true;
    } catch (error) {
      const wrong = durinErrorOf(error);
      if (wrong?.code !== 'INVALID_CREDENTIALS') throw error;
      return ask(wrong, epoch);
    }
  }

  return async function confirm(failure, epoch, call) {
    const refusal = durinErrorOf(failure);
    if (refusal?.code !== 'REAUTHENTICATION_REQUIRED') throw failure;
    if (call <= (epoch.provenAt ?? 0)) return;
    epoch.asked ??= new Promise<boolean>((resolve, reject) => {
      const unsubscribe = store.subscribe(() => epoch === store.state.epoch || resolve(false));
      function endAsking(): void {
        unsubscribe();
        epoch.asked = undefined;
      }
      ask(refusal, epoch).then(resolve, reject).finally(endAsking);
    });
    if (!(await epoch.asked)) throw failure;
  };
}
