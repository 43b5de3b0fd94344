import type { SessionRecord } from '../session.ts';
import type { OpenStreams } from './open-streams.ts';

/**
 * The signals `ctx.auth.ended`. Most calls read none, so a signal is created when it is first read. The calls in progress of
 * one session share it, and the last of them lets it go.
 */
export interface EndedSignals {
  /** @param since how many changes had been announced before the session was looked up */
  begin(record: SessionRecord, since: number): void;
  /** @param reason why the call was ended; absent: it ended by itself */
  finish(record: SessionRecord, reason?: Error): void;
  /** Returns what aborts the signal; `null`: none of the calls in progress has read it. */
  abortOf(record: SessionRecord): ((reason: Error) => void) | null;
  /** Aborted when the session ends, with the reason, as long as one of its calls is in progress. */
  signalOf(record: SessionRecord): AbortSignal;
}

interface CallsInProgress {
  /** How many changes had been announced before the first of them. */
  readonly since: number;
  count: number;
  /** `null`: nobody has read the signal. */
  ended: { readonly ending: AbortController; readonly release: () => void } | null;
}

export function createEndedSignals({ open }: Pick<OpenStreams, 'open'>): EndedSignals {
  /** A number stands for a single call whose signal nobody has read: it is `since`. Most calls are of that kind. */
  const calls = new Map<SessionRecord, number | CallsInProgress>();

  function describe(record: SessionRecord): CallsInProgress | null {
    const known = calls.get(record) ?? null;
    if (typeof known !== 'number') return known;
    const described: CallsInProgress = { since: known, count: 1, ended: null };
    calls.set(record, described);
    return described;
  }

  return {
    begin(record, since) {
      const known = describe(record);
      if (known === null) calls.set(record, since);
      else known.count += 1;
    },
    finish(record, reason) {
      const known = calls.get(record);
      if (known === undefined) return;
      if (typeof known === 'number') return void calls.delete(record);
      known.count -= 1;
      if (known.count === 1 && known.ended === null) calls.set(record, known.since);
      if (known.count > 0) return;
      calls.delete(record);
      if (reason !== undefined) known.ended?.ending.abort(reason);
      known.ended?.release();
    },
    abortOf(record) {
      const known = calls.get(record);
      const ended = typeof known === 'object' ? known.ended : null;
      return ended && ((reason) => ended.ending.abort(reason));
    },
    signalOf(record) {
      const known = describe(record);
      if (known?.ended) return known.ended.ending.signal;
      const ending = new AbortController();
      if (known === null) return ending.signal;
      const onEnd = (reason: Error) => ending.abort(reason);
      const stream = open({ record, since: known.since, refusalOf: () => null, onEnd });
      known.ended = { ending, release: () => stream.close() };
      return ending.signal;
    },
  };
}
