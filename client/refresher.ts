import { alone, page } from './page.ts';
import type { Era } from './session.ts';
import type { SessionKeeper } from './session-keeper.ts';

/** A timer stands still while the machine sleeps, so none is trusted for longer. */
const longestWaitMs = 300_000;
const retryMs = 30_000;

/**
 * Has the session refreshed when it is time (`refresh-time.ts`): in one tab of those that share it, not while the page is
 * hidden or a logout is under way, and again after half a minute where the server could not be reached. One timer at
 * most.
 * @param name of the session, among the tabs
 * @param leaving the eras whose logout is under way
 * @param signal ends it
 */
export function startRefresher(
  keeper: SessionKeeper,
  name: string,
  leaving: ReadonlySet<Era>,
  refresh: () => Promise<unknown>,
  signal: AbortSignal,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeLeft = () => (keeper.state.session?.refreshAt ?? Infinity) - Date.now();

  async function refreshIfDue(): Promise<void> {
    await keeper.follow(); // another tab may have done it while this one waited
    if (timeLeft() <= 0 && !signal.aborted && !leaving.has(keeper.state.era)) await refresh();
  }

  async function run(): Promise<void> {
    await alone(name, refreshIfDue).catch(() => undefined); // a refusal has changed the session, an outage may pass
    check(timeLeft() <= 0 ? retryMs : 0);
  }

  function check(leastWaitMs = 0): void {
    clearTimeout(timer);
    const wait = Math.max(timeLeft(), leastWaitMs);
    const isWaiting = wait < Infinity && !signal.aborted && !page.document?.hidden;
    if (isWaiting && wait <= 0) void run();
    else if (isWaiting) {
      timer = setTimeout(check, Math.min(wait, longestWaitMs));
      (timer as { unref?(): void }).unref?.(); // a command-line program must be able to end
    }
  }

  const checkNow = () => check();
  keeper.subscribe(checkNow);
  page.document?.addEventListener('visibilitychange', checkNow, { signal });
  page.addEventListener?.('online', checkNow, { signal });
  signal.addEventListener('abort', checkNow);
  check();
}
