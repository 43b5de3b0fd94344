import type { DurinError } from '../errors.ts';
import type { SessionRecord } from '../session.ts';
import type { EndedSignals } from './ended-signals.ts';
import { endingAnswer, endingSubscription } from './ending-answer.ts';
import type { OpenStream, OpenStreams } from './open-streams.ts';

/** A call that its guard has let through. */
export interface FollowedCall {
  readonly record: SessionRecord;
  /** How many changes had been announced before the session was looked up. */
  readonly since: number;
  readonly type: 'query' | 'mutation' | 'subscription';
  /** Whether tRPC streams the promises and iterables in the answer. */
  readonly isStreamed: boolean;
  /** The signal of the call; aborted when its caller has left. */
  readonly signal: AbortSignal | undefined;
  /** Why the guard would not let this session through any more; `null`: it would. */
  readonly refusalOf: (record: SessionRecord) => DurinError | null;
  /** Types the error that ends a stream, before the consumer sees it. */
  readonly typeError: (error: Error) => void;
}

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
  /** Opens a stream of this call. While it is open, its call is in progress. */
  function openStream(call: FollowedCall, onEnd: (reason: Error | null) => void): OpenStream {
    const { record, since, signal, refusalOf, typeError } = call;
    let isOver = false;
    let leave: (() => void) | null = null;
    function finish(reason?: Error): void {
      if (isOver) return;
      isOver = true;
      if (leave !== null) signal?.removeEventListener('abort', leave);
      signals.finish(record, reason);
    }
    signals.begin(record, since);
    const stream = openStreams.open({
      record,
      since,
      refusalOf,
      onEnd(reason) {
        typeError(reason);
        finish(reason);
        onEnd(reason);
      },
      onClose: finish,
    });
    if (signal === undefined || isOver) return stream;
    // tRPC queues `return()` behind the `next()` that waits, so a silent source would hold its stream open.
    leave = () => {
      if (isOver) return;
      stream.close();
      onEnd(null);
    };
    if (signal.aborted) queueMicrotask(leave);
    else signal.addEventListener('abort', leave);
    return stream;
  }

  return function followCall(call) {
    const { record, since, type, isStreamed, signal } = call;
    signals.begin(record, since);

    return function finishCall(result) {
      const hold = createHold(() => signals.finish(record));
      if (!result.ok) {
        hold.release();
        return result;
      }
      /** Aborts the signal that was let go before its stream opened. */
      let abort: ((reason: Error) => void) | null = null;
      function open(onEnd: (reason: Error | null) => void): OpenStream {
        const stream = openStream(call, abort === null ? onEnd : onEndAfter(abort, onEnd));
        hold.release();
        return stream;
      }
      function wrap(data: unknown): unknown {
        try {
          return type === 'subscription' ? endingSubscription(data, open) : endingAnswer(data, isStreamed, open);
        } catch (error) {
          hold.release(); // a getter of the answer threw
          throw error;
        }
      }
      const data = wrap(result.data);
      const isStream = data !== result.data;
      // If `ended` was read before the stream opens, it is kept until then, or until the caller leaves. If it is not known
      // when the caller leaves, it is let go, and aborted nevertheless if the stream opens and ends.
      const abortSignal = isStream ? signals.abortOf(record) : null;
      if (abortSignal !== null && signal !== undefined) hold.keepUntil(signal);
      else hold.release();
      abort = signal === undefined ? abortSignal : null;
      return isStream ? { ...result, data } : result;
    };
  };
}

function onEndAfter(abort: (reason: Error) => void, onEnd: (reason: Error | null) => void) {
  return function endWithSignal(reason: Error | null): void {
    if (reason !== null) abort(reason);
    onEnd(reason);
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
