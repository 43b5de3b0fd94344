import type { DurinErrorData } from '../../src/wire.ts';
import type { Epoch, Question } from '../session/epoch.ts';
import type { SessionStore } from '../session/session-store.ts';
import { durinErrorOf } from './durin-error.ts';

/**
 * The option `onReauthenticate`, without the app's types.
 * @param signal aborted when the question is over
 * @param decline ends the question, also while its answer is verified
 */
export type OnReauthenticate = (
  refusal: DurinErrorData,
  signal: AbortSignal,
  decline: () => void,
) => Promise<object | null>;

/**
 * Resolves when a call that failed may be sent again. Rejects with what its caller gets instead.
 * @param call the number of the call
 * @param signals one is aborted when the caller has left the call
 * @returns whether the user was asked for it
 */
export type Confirm = (
  failure: unknown,
  epoch: Epoch,
  call: number,
  signals: readonly (AbortSignal | null | undefined)[],
) => Promise<boolean>;

/**
 * Asks the user of a session once for any number of calls that are refused with REAUTHENTICATION_REQUIRED, and again after
 * wrong credentials. A call that was made before the user's last proof needs none of its own, also if its refusal arrives
 * later. The question is over when it is answered or declined, when nobody waits for it, and when the session ends.
 * @param reauthenticate calls the procedure
 * @param closing aborted when the SDK is closed, which ends the question
 */
export function createConfirm(
  store: SessionStore,
  onReauthenticate: OnReauthenticate,
  reauthenticate: (input: object) => Promise<unknown>,
  closing: AbortSignal,
): Confirm {
  function openQuestion(epoch: Epoch, refusal: DurinErrorData): Question {
    const ending = new AbortController();
    const { signal } = ending;
    const end = () => ending.abort();

    /** Returns whether the user has proved to be the user. */
    async function ask(why: DurinErrorData): Promise<boolean> {
      if (signal.aborted) return false;
      const input = await onReauthenticate(why, signal, end);
      if (!input || signal.aborted) return false;
      try {
        await reauthenticate(input);
        return true;
      } catch (error) {
        const wrong = durinErrorOf(error);
        if (wrong?.code !== 'INVALID_CREDENTIALS') throw error;
        return ask(wrong);
      }
    }

    const unsubscribe = store.subscribe(() => epoch === store.state.epoch || end());
    closing.addEventListener('abort', end);
    const answer = new Promise<boolean>((resolve, reject) => {
      signal.addEventListener('abort', () => {
        unsubscribe();
        closing.removeEventListener('abort', end);
        epoch.question = undefined;
        resolve(false); // unless it is settled
      });
      void Promise.resolve(refusal).then(ask).then(resolve, reject).finally(end);
    });
    return { answer, end, calls: new Set() };
  }

  /** Waits for the answer, or until the call is left. */
  function answerTo(question: Question, call: number, signals: readonly (AbortSignal | null | undefined)[]) {
    question.calls.add(call);
    return new Promise<boolean>((resolve, reject) => {
      question.answer.then(resolve, reject);
      function leave(): void {
        resolve(false);
        question.calls.delete(call);
        if (question.calls.size === 0) question.end();
      }
      for (const signal of signals) signal?.addEventListener('abort', leave);
    });
  }

  return async function confirm(failure, epoch, call, signals) {
    const refusal = durinErrorOf(failure);
    const isOver = epoch !== store.state.epoch || [closing, ...signals].some((signal) => signal?.aborted);
    if (!refusal || isOver) throw failure;
    if (call <= (epoch.provenAt ?? 0)) return false;
    epoch.question ??= openQuestion(epoch, refusal);
    if (!(await answerTo(epoch.question, call, signals))) throw failure;
    return true;
  };
}
