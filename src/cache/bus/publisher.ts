import { withTimeout } from '../../async/with-timeout.ts';
import type { Bus } from '../bus.ts';
import { maxSharedTtlMs } from '../fence-store.ts';
import type { Scope } from '../session-cache.ts';
import { mergedFence, writeMessage } from './messages.ts';

export interface PublisherDeps {
  readonly bus: Pick<Bus, 'publish'>;
  /** Starts the messages; the same in all processes of an app, and different in every other app. */
  readonly namespace: string;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** Publishes changes to the other processes. What cannot be sent now is sent later, for as long as it matters. */
export interface Publisher {
  /** Resolves once the message was sent, or waits to be sent again. */
  publish(scope: Scope, fence: string | null): Promise<void>;
  publishInBackground(scope: Scope, fence: string | null): void;
  /** Sends what still waits, for a moment. Call it before the bus is closed. */
  close(): Promise<void>;
}

/** How long to wait before messages that could not be sent are sent again. */
const retryMs = 100;
/** Beyond this many messages that are being sent or wait to be, one about `all` replaces those that wait. */
const maxMessages = 1000;
/** How long `close()` waits for the last messages. */
const closeTimeoutMs = 500;

interface UnsentChange {
  readonly fence: string | null;
  readonly until: number;
}

export function createPublisher({ bus, namespace, now }: PublisherDeps): Publisher {
  /** Changes that could not be published yet, and until when other processes may hold entries that they make stale. */
  const unsent = new Map<Scope, UnsentChange>();
  let retry: NodeJS.Timeout | null = null;
  let sending = 0;
  /** Publishes in progress that `close()` still waits for. */
  let inBackground: Promise<void> = Promise.resolve();
  let isClosed = false;

  async function send(scope: Scope, fence: string | null): Promise<void> {
    if (sending >= maxMessages) throw new Error('too many messages are being sent');
    sending += 1;
    try {
      await bus.publish(writeMessage(namespace, scope, fence));
    } finally {
      sending -= 1;
    }
  }

  /** @param until after this no process holds an entry from before the change any more, so no message is needed */
  async function publish(scope: Scope, fence: string | null, until = now() + maxSharedTtlMs): Promise<void> {
    try {
      await send(scope, fence);
    } catch {
      const isCovered = unsent.get('all')?.fence === null;
      const waiting = isCovered ? 'all' : scope;
      const latest = { fence: isCovered ? null : fence, until };
      const other = unsent.get(waiting);
      unsent.set(waiting, other === undefined ? latest : merge(latest, other));
      if (unsent.size > maxMessages) {
        const last = Math.max(...Array.from(unsent.values(), (change) => change.until));
        unsent.clear();
        unsent.set('all', { fence: null, until: last });
      }
      if (!isClosed) retry ??= setTimeout(() => runInBackground(publishUnsent), retryMs).unref();
    }
  }

  async function publishUnsent(): Promise<void> {
    retry = null;
    const waiting = [...unsent];
    unsent.clear();
    for (const [scope, { fence, until }] of waiting) if (now() < until) await publish(scope, fence, until);
  }

  function runInBackground(work: () => Promise<void>): void {
    inBackground = inBackground.then(work);
  }

  return {
    publish: (scope, fence) => publish(scope, fence),
    publishInBackground: (scope, fence) => runInBackground(() => publish(scope, fence)),
    async close() {
      isClosed = true;
      if (retry !== null) clearTimeout(retry);
      runInBackground(publishUnsent);
      await withTimeout(() => inBackground, { timeoutMs: closeTimeoutMs, service: 'the bus' }).catch(() => {});
    },
  };
}

/** Two changes of one scope become the later one. */
function merge(change: UnsentChange, other: UnsentChange): UnsentChange {
  const [earlier, later] = change.until > other.until ? [other, change] : [change, other];
  return { fence: mergedFence(later.fence, earlier.fence), until: later.until };
}
