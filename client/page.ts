/** What the SDK uses of the page that it runs in. In Node and React Native there is none, and it never sleeps. */
interface Page extends Partial<Listenable> {
  readonly document?: Listenable & { readonly hidden: boolean };
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

/** Its parts are read when they are used: they may be there later, or be others. */
export const page = globalThis as Page;

/** Does the work while no other tab of this origin does work of this name, where the platform has locks. */
export async function alone(name: string, work: () => Promise<void>): Promise<void> {
  await (page.navigator?.locks?.request(name, work) ?? work());
}
