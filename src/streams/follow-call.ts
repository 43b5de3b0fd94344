import { CallStream, type FollowedCall } from './call-stream.ts';
import type { EndedSignals } from './ended-signals.ts';
import { endingAnswer, endingSubscription, mayStream } from './endings/ending-answer.ts';
import type { Ending } from './endings/ending-iterator.ts';
import type { OpenStreams } from './open-streams.ts';
import type { OpenStream } from './session-stream.ts';

/** What tRPC's middleware returns. It does not throw. */
type CallResult = { readonly ok: true; readonly data: unknown } | { readonly ok: false };

/**
 * Follows a call from its start, and returns what is to be done with its result: what the answer streams is made to end with
 * the session.
 */
export type FollowCall = (call: FollowedCall) => <T extends CallResult>(result: T) => T;

export interface FollowCallDeps {
  readonly openStreams: Pick<OpenStreams, 'open'>;
  readonly signals: EndedSignals;
}

export function createFollowCall({ openStreams, signals }: FollowCallDeps): FollowCall {
  /** @param answer the data of the result */
  function finishStream<T extends CallResult>(call: FollowedCall, result: T, answer: unknown): T {
    const { record, type, isStreamed, signal } = call;
    const hold = createHold(() => signals.finish(record));
    /**
     * Aborts the signal that was let go before its stream opened; `null`: the open stream does. Promises open while they are
     * wrapped, before this is set, and iterables when their first value is asked for, after it.
     */
    let abort: ((reason: Error) => void) | null = null;
    function open(ending: Ending): OpenStream {
      const aborting = abort === null ? ending : endingAfter(abort, ending);
      const stream = new CallStream(call, signals, aborting).open(openStreams);
      hold.release();
      return stream;
    }
    function wrap(): unknown {
      try {
        return type === 'subscription' ? endingSubscription(answer, open) : endingAnswer(answer, isStreamed, open);
      } catch (error) {
        hold.release(); // a getter of the answer threw
        throw error;
      }
    }
    const data = wrap();
    const isStream = data !== answer;
    // If `ended` was read before the stream opens, it is kept until then, or until the caller leaves. If it is not known
    // when the caller leaves, it is let go, and aborted nevertheless if the stream opens and ends.
    const abortSignal = isStream ? signals.abortOf(record) : null;
    if (abortSignal !== null && signal !== undefined) hold.keepUntil(signal);
    else hold.release();
    abort = signal === undefined ? abortSignal : null;
    return isStream ? { ...result, data } : result;
  }

  return function followCall(call) {
    const { record, since, type } = call;
    signals.begin(record, since);

    return function finishCall(result) {
      call.onResult();
      const isStream = result.ok && (type === 'subscription' || mayStream(result.data, call.isStreamed));
      if (isStream) return finishStream(call, result, result.data);
      signals.finish(record);
      return result;
    };
  };
}

function endingAfter(abort: (reason: Error) => void, ending: Ending): Ending {
  return {
    onEnd(reason) {
      if (reason !== null) abort(reason);
      ending.onEnd(reason);
    },
  };
}

/** What is let go once. */
function createHold(letGo: () => void) {
  let kept: AbortSignal | undefined;
  const release = once(() => {
    kept?.removeEventListener('abort', release);
    letGo();
  });
  return {
    release,
    keepUntil(signal: AbortSignal): void {
      kept = signal;
      if (signal.aborted) release();
      else signal.addEventListener('abort', release);
    },
  };
}

function once(run: () => void): () => void {
  let hasRun = false;
  return () => {
    if (hasRun) return;
    hasRun = true;
    run();
  };
}
