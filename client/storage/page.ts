/** The browser APIs that the SDK uses. Node and React Native have none of the optional ones. */
export interface Page extends Partial<Listenable> {
  readonly AbortSignal: { timeout?(ms: number): AbortSignal };
  readonly document?: Listenable & { readonly hidden: boolean };
  readonly BroadcastChannel?: new (name: string) => Channel;
  readonly navigator?: { readonly locks?: { request: LockRequest } };
}

/** Connects the tabs of one origin. Once closed, it throws at each message. */
interface Channel {
  addEventListener(type: 'message', listener: () => void): void;
  postMessage(message: unknown): void;
  close(): void;
}

type LockRequest = (
  name: string,
  options: { signal: AbortSignal | undefined },
  work: () => Promise<void> | void,
) => Promise<void>;

interface Listenable {
  addEventListener(type: string, listener: (event: never) => void, options: { signal: AbortSignal }): void;
}

export interface StorageEventLike {
  /** `null` if the whole storage was cleared. */
  readonly key: string | null;
  readonly storageArea: unknown;
}

/** The global object. Read its properties at each use: a polyfill may add or replace them later. */
export const page = globalThis as Page;

/**
 * How long another tab may take to see what this one has stored. Chromium runs tabs in separate processes, so a Web Lock or
 * the end of a stream may reach a tab before the write does: without a pause, 131 of 300 tabs that got a lock read the old
 * text, and none of 300 after 20 ms.
 */
export const otherTabsMs = 300;
