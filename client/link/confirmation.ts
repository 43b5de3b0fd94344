import type { DurinErrorData } from '../../src/wire.ts';
import type { Epoch } from '../session/epoch.ts';
import type { SessionStore } from '../session/session-store.ts';
import { durinErrorOf } from './durin-error.ts';

/**
 * The option `onReauthenticate`, without the app's types.
 * @param signal aborted when the question is over: answered rightly or declined, or the session has ended
 */
export type OnReauthenticate = (refusal: DurinErrorData, signal: AbortSignal) => Promise<object | null>;

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
  /** Returns whether the user has proved to be the user. */
  async function ask(refusal: DurinErrorData, signal: AbortSignal): Promise<boolean> {
    const input = await onReauthenticate?.(refusal, signal);
    if (!input || signal.aborted) return false;
    try {
      await reauthenticate(input);
      return true;
    } catch (error) {
      const wrong = durinErrorOf(error);
      if (wrong?.code !== 'INVALID_CREDENTIALS') throw error;
      return ask(wrong, signal);
    }
  }

  /** Asks until the session of this epoch ends. */
  function askDuring(epoch: Epoch, refusal: DurinErrorData): Promise<boolean> {
    return new Promise((resolve, reject) => {
      const asking = new AbortController();
      const unsubscribe = store.subscribe(() => epoch === store.state.epoch || end());
      function end(): void {
        unsubscribe();
        epoch.asked = undefined;
        asking.abort();
        resolve(false); // unless it is settled
      }
      void ask(refusal, asking.signal).then(resolve, reject).finally(end);
    });
  }

  return async function confirm(failure, epoch, call) {
    const refusal = durinErrorOf(failure);
    if (refusal?.code !== 'REAUTHENTICATION_REQUIRED') throw failure;
    if (call <= (epoch.provenAt ?? 0)) return;
    epoch.asked ??= askDuring(epoch, refusal);
    if (!(await epoch.asked)) throw failure;
  };
}
