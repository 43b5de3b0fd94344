import { AsyncLocalStorage } from 'node:async_hooks';
import type { Bus } from '../cache/bus.ts';
import type { Changes } from '../cache/changes/changes.ts';
import type { Database } from '../database/database.ts';
import { withDatabaseTimeout } from '../database/database-timeout.ts';
import { createEndedSignals } from './ended-signals.ts';
import { createFollowCall } from './follow-call.ts';
import { createJudgeSession, type JudgeSessionDeps } from './judge-session.ts';
import { createOpenStreams } from './open-streams.ts';

export interface StreamsDeps extends JudgeSessionDeps {
  readonly changes: Changes;
  /** `null`: the changes that other processes make are not announced. */
  readonly bus: Bus | null;
  readonly database: Pick<Database, 'outsideTransaction'>;
  /** Milliseconds between two look-ups of a session while no bus announces the changes of others. */
  readonly recheckMs: number;
  /** How long a look-up may take, and for how long a session that cannot be looked up keeps its streams, in milliseconds. */
  readonly timeoutMs: number;
}

/** Creates what ends the streams of a session with it. */
export function createStreams(deps: StreamsDeps) {
  const { changes, bus, database, recheckMs, timeoutMs, now } = deps;
  const judgeSession = createJudgeSession(deps);
  /** Runs work as the server's own: a timer belongs to the call that happened to set it, and would write that call into the audit. */
  const asServer = AsyncLocalStorage.snapshot();
  const openStreams = createOpenStreams({
    judge: (session) =>
      asServer(() => database.outsideTransaction(() => withDatabaseTimeout(timeoutMs, () => judgeSession(session)))),
    announced: changes.count,
    isBusConnected: () => bus?.isConnected() ?? false,
    unread: () => bus?.whenTrusted?.() ?? null,
    recheckMs,
    timeoutMs,
    now,
  });
  changes.listen(openStreams);
  const signals = createEndedSignals(openStreams);
  return {
    followCall: createFollowCall({ openStreams, signals }),
    signalOf: signals.signalOf,
    count: () => openStreams.count,
    close: openStreams.close,
  };
}
