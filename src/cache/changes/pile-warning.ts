import type { ProcessPeers } from './process-peers.ts';

/** More durins on the same tables are not meant: an app has one for each session cookie, and a framework a few copies of each. */
const mostMeant = 8;

/**
 * Returns the warning about durins that were left behind in this process, as hot reload does: each keeps the connections of its bus.
 * @returns `null`: there are not that many, or it was returned to an earlier durin
 */
export function pileWarningOf({ countWithBus }: Pick<ProcessPeers, 'countWithBus'>): string | null {
  if (countWithBus() !== mostMeant) return null;
  return (
    `trpc-durin: this process has ${mostMeant + 1} durins for the same tables, none of them closed, and each keeps the connections of its ` +
    'cache.bus. If a tool evaluates modules again, as Next.js and Vite do in development, keep one durin on globalThis, or ' +
    'close the old one.'
  );
}
