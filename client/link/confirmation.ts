import type { TRPCClientError } from '@trpc/client';
import type { AnyTRPCRouter } from '@trpc/server';
import type { DurinErrorData } from '../../src/wire.ts';
import type { Epoch, Question } from '../session/epoch.ts';
import type { SessionStore } from '../session/session-store.ts';
import type { durinErrorOf } from './durin-error.ts';
import type { SentCall } from './sent-call.ts';

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

/** Sends a call that was refused again when the user has confirmed their identity. Otherwise it fails with its refusal. */
export type Confirm = (failure: TRPCClientError<AnyTRPCRouter>, call: SentCall) => void;

/**
 * Asks the user of a session once for any number of calls that are refused with REAUTHENTICATION_REQUIRED, and again after
 * wrong credentials. A call that was sent before the user's last proof needs none of its own, also if its refusal arrives
 * later. The question is over when it is answered or declined, when nobody waits for it, and when the session ends.
 * @param reauthenticate calls the procedure
 * @param closing aborted when the SDK is closed, which ends the question
 * @param refusalOf passed, because what this file imports at run time would become a file of its own
 */
export function createConfirm(
  store: SessionStore,
  onReauthenticate: OnReauthenticate,
  reauthenticate: (input: object) => Promise<unknown>,
  closing: AbortSignal,
  refusalOf: typeof durinErrorOf,
): (...refused: Parameters<Confirm>) => Promise<void> {
  function openQuestion(epoch: Epoch, refusal: DurinErrorData): Question {
    const ending = new AbortController();
    const { signal } = ending;
    const end = () => ending.abort();

    /** Returns whether the user has confirmed their identity. */
    async function ask(why: DurinErrorData): Promise<boolean> {
      if (signal.aborted) return false;
      const input = await onReauthenticate(why, signal, end);
      if (!input || signal.aborted) return false;
      try {
        await reauthenticate(input);
        return true;
      } catch (error) {
        const wrong = refusalOf(error);
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

  function isOver({ op, epoch, left }: SentCall): boolean {
    return epoch !== store.state.epoch || closing.aborted || left.aborted || Boolean(op.signal?.aborted);
  }

  /** Resolves when the call may be sent again. Rejects with what it fails with. */
  async function waitForProof(failure: TRPCClientError<AnyTRPCRouter>, call: SentCall): Promise<void> {
    const { epoch, number } = call;
    const refusal = refusalOf(failure);
    if (!refusal || isOver(call) || (call.wasAsked && !call.last)) throw failure;
    call.wasAsked = number > (epoch.provenAt ?? 0);
    if (!call.wasAsked) return;
    epoch.question ??= openQuestion(epoch, refusal);
    if (!(await answerTo(epoch.question, call))) throw failure;
  }

  return async function confirm(failure, call) {
    try {
      await waitForProof(failure, call);
      if (isOver(call)) throw failure;
      store.calls += 1;
      call.number = store.calls;
      call.resumed = resumedAfter(call);
      call.last = undefined;
      call.isWaiting = false;
      call.send();
    } catch (error) {
      call.fail(error as TRPCClientError<AnyTRPCRouter>);
    }
  };
}

/** Returns whether the user has confirmed their identity; `false` also when the call is left before. */
function answerTo(question: Question, { op, left, number }: SentCall): Promise<boolean> {
  question.calls.add(number);
  return new Promise((resolve, reject) => {
    question.answer.then(resolve, reject);
    function leave(): void {
      resolve(false);
      question.calls.delete(number);
      if (question.calls.size === 0) question.end();
    }
    for (const signal of [left, op.signal]) signal?.addEventListener('abort', leave);
  });
}

/** As tRPC's own links do it when they reconnect. */
function resumedAfter({ op: { input }, last, resumed = { input } }: SentCall): { input: unknown } {
  const canResume = last?.id && (typeof input === 'object' || input === undefined);
  return canResume ? { input: { ...input, lastEventId: last.id } } : resumed;
}
