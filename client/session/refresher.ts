import { otherTabsMs, page } from '../storage/page.ts';
import { isEnding } from './epoch.ts';
import { refreshTimeoutMs } from './refresh-time.ts';
import type { SessionStore } from './session-store.ts';

/** Timers stop while the machine sleeps, so the clock is checked at least this often. */
const longestWaitMs = 300_000;

/**
 * Refreshes the session when it is due (see `refresh-time.ts`). Of the tabs that share a session, one refreshes it. A
 * hidden page does not refresh. A failed refresh is retried after half a minute. There is at most one timer.
 * @param lockName the session's name among the tabs
 * @param sync takes over what another tab has stored
 * @param signal stops it
 */
export function startRefresher(
  store: SessionStore,
  lockName: string,
  sync: () => Promise<void>,
  refresh: () => Promise<unknown>,
  signal: AbortSignal,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeLeft = () => (store.state.session?.refreshAt ?? Infinity) - Date.now();

  async function refreshIfDue(): Promise<void> {
    await sync(); // another tab may have refreshed while this one waited for the lock
    if (timeLeft() > 0 || signal.aborted || isEnding(store.state.epoch)) return;
    await refresh().catch(() => undefined); // a refusal has changed the session; after an outage the timer retries
    await new Promise((resolve) => startTimer(resolve, otherTabsMs)); // keep the lock until other tabs can see the new session
  }

  /** Without Web Locks it refreshes at once; after half a minute anyway, because the tab with the lock may be suspended. */
  function refreshInOneTab(): Promise<void> {
    const lock = `${lockName}.${store.state.session?.key}`;
    const options = { signal: page.AbortSignal.timeout?.(refreshTimeoutMs) };
    return page.navigator?.locks?.request(lock, options, refreshIfDue).catch(refreshIfDue) ?? refreshIfDue();
  }

  function check(): void {
    clearTimeout(timer);
    const wait = timeLeft();
    if (!(wait < Infinity) || signal.aborted || page.document?.hidden) return;
    timer = startTimer(check, wait > 0 ? Math.min(wait, longestWaitMs) : refreshTimeoutMs);
    if (wait <= 0) void refreshInOneTab();
  }

  const unsubscribe = store.subscribe(check);
  page.document?.addEventListener('visibilitychange', check, { signal });
  page.addEventListener?.('online', check, { signal });
  signal.addEventListener('abort', () => {
    unsubscribe();
    check();
  });
  check();
}

/** Starts a timer that does not keep a command-line program running. */
function startTimer(run: (value?: unknown) => void, ms: number): ReturnType<typeof setTimeout> {
  const timer = setTimeout(run, ms);
  (timer as { unref?(): void }).unref?.();
  return timer;
}
