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
  leave(): void;
}

/** What is published. Another version of the package may read it, so fields are only ever added. */
interface Announcement {
  readonly from: unknown;
  readonly scope: Scope;
  readonly fence: string | null;
}

/**
 * @param namespace names the tokens' table among all databases
 * @param receive receives the changes of others
 */
export function joinProcess(namespace: string, receive: SessionCache['receive']): ProcessPeers {
  const peers = channel(`trpc-durin:invalidated:${namespace}`);
  const from = Symbol('a durin');

  function hear(message: unknown): void {
    if (isAnnouncement(message) && message.from !== from) receive(message.scope, message.fence);
  }

  peers.subscribe(hear);
  return {
    announce: (scope, fence) => peers.publish({ from, scope, fence } satisfies Announcement),
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
