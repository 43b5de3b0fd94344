import { patienceMs } from './refresh-time.ts';

/** What the SDK uses of the page that it runs in. In Node and React Native there is none, and it never sleeps. */
interface Page extends Partial<Listenable> {
  readonly AbortSignal: { timeout?(ms: number): AbortSignal };
  readonly document?: Listenable & { readonly hidden: boolean };
  readonly navigator?: { readonly locks?: { request: LockRequest } };
}

type LockRequest = (
  name: string,
  options: { signal: AbortSignal | undefined },
  work: () => Promise<void>,
) => Promise<void>;

interface Listenable {
  addEventListener(type: string, listener: (event: never) => void, options: { signal: AbortSignal }): void;
}

export interface StorageEventLike {
  /** `null`: everything was cleared. */
  readonly key: string | null;
  readonly storageArea: unknown;
}

/** Its parts are read when they are used: they may be there later, or be others. */
export const page = globalThis as Page;

/**
 * Does the work while no other page of this origin does work of this name, where the platform has locks and grants them
 * in time: a page that holds one may have been put to sleep.
 * @param work must not reject
 */
export function alone(name: string, work: () => Promise<void>): Promise<void> {
  return (
    page.navigator?.locks?.request(name, { signal: page.AbortSignal.timeout?.(patienceMs) }, work).catch(work) ?? work()
  );
}
