import { page } from './page.ts';

/**
 * Runs the work while no other tab of this origin runs work of the same name. Without Web Locks, or if the lock is not
 * granted in time, the work runs anyway: the tab that holds the lock may be suspended.
 * @param work must not reject
 */
export function withTabLock(name: string, timeoutMs: number, work: () => Promise<void>): Promise<void> {
  return (
    page.navigator?.locks?.request(name, { signal: page.AbortSignal.timeout?.(timeoutMs) }, work).catch(work) ?? work()
  );
}
