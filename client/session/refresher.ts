import { alone, page } from './page.ts';
import { patienceMs } from './refresh-time.ts';
import type { SessionKeeper } from './session-store.ts';

/** A timer stands still while the machine sleeps, so none is trusted for longer. */
const longestWaitMs = 300_000;

/**
 * Has the session refreshed when it is time (`refresh-time.ts`): in one tab of those that share it, not while the page is
 * hidden, and again after half a minute while that fails. One timer at most.
 * @param name of the session, among the tabs
 * @param signal ends it
 */
export function startRefresher(
  keeper: SessionKeeper,
  name: string,
  refresh: () => Promise<unknown>,
  signal: AbortSignal,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeLeft = () => (keeper.state.session?.refreshAt ?? Infinity) - Date.now();

  async function refreshIfDue(): Promise<void> {
    await keeper.follow(); // another tab may have done it while this one waited
    if (timeLeft() > 0 || signal.aborted || keeper.state.era.isLeaving) return;
    await refresh().catch(() => undefined); // a refusal has changed the session, an outage may pass
  }

  function check(): void {
    clearTimeout(timer);
    const wait = timeLeft();
    if (!(wait < Infinity) || signal.aborted || page.document?.hidden) return;
    timer = setTimeout(check, wait > 0 ? Math.min(wait, longestWaitMs) : patienceMs);
    (timer as { unref?(): void }).unref?.(); // a command-line program must be able to end
    // Whoever shares this session has the same time, so waits for the same lock; others do not.
    if (wait <= 0) void alone(`${name}.${keeper.state.session?.refreshAt}`, refreshIfDue);
  }

  keeper.subscribe(check);
  page.document?.addEventListener('visibilitychange', check, { signal });
  page.addEventListener?.('online', check, { signal });
  signal.addEventListener('abort', check);
  check();
}
