import { channel } from 'node:diagnostics_channel';
import { isScope, type Scope, type SessionCache } from '../session-cache.ts';

/**
 * Announces changes to the other durins of this process that serve the same tables, whichever ORM, module or copy of the
 * package they come from. Frameworks evaluate a module several times in one process, and then each copy has a cache of its
 * own, which no bus connects.
 *
 * A channel of `node:diagnostics_channel` belongs to the process, not to a module: that is what all copies share. Its
 * subscribers are called before `publish` returns, so when a change is announced, every cache in the process knows of it.
 */
export interface ProcessPeers {
  announce(scope: Scope, fence: string | null): void;
  /** How many others there are that have a bus. Those of an older version of the package do not answer. */
  countWithBus(): number;
  leave(): void;
}

/** What is published. Another version of the package may read it, so fields are only ever added. */
interface Announcement {
  readonly from: unknown;
  readonly scope: Scope;
  readonly fence: string | null;
}

/** What is published to count the others: those that have a bus call `present`, before `publish` returns. */
interface RollCall {
  readonly from: unknown;
  readonly present: () => void;
}

interface Peer {
  /** Receives the changes of others. */
  readonly receive: SessionCache['receive'];
  readonly hasBus: boolean;
}

/** @param namespace names the tokens' table among all databases */
export function joinProcess(namespace: string, { receive, hasBus }: Peer): ProcessPeers {
  const peers = channel(`trpc-durin:invalidated:${namespace}`);
  const from = Symbol('a durin');

  function hear(message: unknown): void {
    if (isAnnouncement(message) && message.from !== from) receive(message.scope, message.fence);
    else if (hasBus && isRollCall(message) && message.from !== from) message.present();
  }

  peers.subscribe(hear);
  return {
    announce: (scope, fence) => peers.publish({ from, scope, fence } satisfies Announcement),
    countWithBus() {
      let count = 0;
      const present = () => void (count += 1);
      peers.publish({ from, present } satisfies RollCall);
      return count;
    },
    leave() {
      peers.unsubscribe(hear);
    },
  };
}

function isAnnouncement(message: unknown): message is Announcement {
  if (typeof message !== 'object' || message === null || !('from' in message)) return false;
  const isFence = 'fence' in message && (message.fence === null || typeof message.fence === 'string');
  return isFence && 'scope' in message && typeof message.scope === 'string' && isScope(message.scope);
}

function isRollCall(message: unknown): message is RollCall {
  if (typeof message !== 'object' || message === null) return false;
  return 'from' in message && 'present' in message && typeof message.present === 'function';
}
