import { alone, isAsleep, onWake } from './page.ts';
import type { SessionKeeper } from './session-keeper.ts';

/** A timer stands still while the machine sleeps, so none is trusted for longer. */
const longestWaitMs = 300_000;
const retryMs = 30_000;

/**
 * Has the session refreshed when it is time (`refresh-time.ts`): in one tab of those that share it, not while the page is
 * hidden, and again after half a minute where the server could not be reached. One timer at most.
 * @param name of the session, among the tabs
 * @param refresh does nothing while the session is being logged out
 * @param signal ends it
 */
export function startRefresher(
  keeper: SessionKeeper,
  name: string,
  refresh: () => Promise<unknown>,
  signal: AbortSignal,
): void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  let retryAt = 0;
  let isBusy = false;

  const timeLeft = () => (keeper.state.session?.refreshAt ?? Infinity) - Date.now();

  async function refreshIfDue(): Promise<void> {
    await keeper.follow(); // another tab may have done it while this one waited
    if (timeLeft() <= 0 && !signal.aborted) await refresh();
  }

  async function run(): Promise<void> {
    isBusy = true;
    await alone(name, refreshIfDue).catch(() => undefined); // a refusal has changed the session, an outage may pass
    isBusy = false;
    if (timeLeft() <= 0) retryAt = Date.now() + retryMs;
    check();
  }

  function check(): void {
    clearTimeout(timer);
    const wait = Math.max(timeLeft(), retryAt - Date.now());
    if (!(wait < Infinity) || isBusy || signal.aborted || isAsleep()) return;
    if (wait <= 0) {
      void run();
      return;
    }
    timer = setTimeout(check, Math.min(wait, longestWaitMs));
    (timer as { unref?(): void }).unref?.(); // a command-line program must be able to end
  }

  function wake(): void {
    retryAt = 0;
    check();
  }

  keeper.subscribe(check);
  onWake(wake, signal);
  signal.addEventListener('abort', check);
  check();
}
