/** What the SDK uses of the page that it runs in. In Node and React Native there is none, and it never sleeps. */
interface Page extends Partial<Listenable> {
  readonly document?: Listenable & { readonly visibilityState: string };
  readonly navigator?: { readonly locks?: { request(name: string, work: () => Promise<void>): Promise<void> } };
}

interface Listenable {
  addEventListener(type: string, listener: (event: never) => void, options: { signal: AbortSignal }): void;
}

export interface StorageEventLike {
  /** `null`: everything was cleared. */
  readonly key: string | null;
  readonly storageArea: unknown;
}

const page = globalThis as Page;

/** Tells of what other tabs write to `localStorage`. */
export function onStorage(listener: (event: StorageEventLike) => void, signal: AbortSignal): void {
  page.addEventListener?.('storage', listener, { signal });
}

/** Tells when the page is shown or hidden, and when it is online again. */
export function onWake(listener: () => void, signal: AbortSignal): void {
  page.document?.addEventListener('visibilitychange', listener, { signal });
  page.addEventListener?.('online', listener, { signal });
}

/** Whether nobody sees the page. */
export function isAsleep(): boolean {
  return page.document?.visibilityState === 'hidden';
}

/** Does the work while no other tab of this origin does work of this name, where the platform has locks. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  await (page.navigator?.locks?.request(name, work) ?? work());
}
