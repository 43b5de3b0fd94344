import { page } from '../storage/page.ts';
import type { DurinStorage } from '../storage/storage.ts';
import type { CookieKnowledge, CookieParts, CookieTabs } from './cookie-tabs.ts';
import { refreshTimeoutMs } from './refresh-time.ts';
import { type LoginAnswer, loginEvent } from './session.ts';
import { readSession, writeSession } from './session-text.ts';

/** The session of the browser's cookie. */
export interface CookieSession {
  readonly storage: DurinStorage;
  /**
   * Begins to follow the cookie that the tabs share, and then does `work` about it. Never rejects.
   * @param otherwise called instead on a server, which has no cookie of its own, and once the SDK is closed
   */
  use(work?: (tabs: CookieTabs) => unknown, otherwise?: () => void): Promise<void>;
  /** Asks the server again if the last question has failed. */
  retry(): void;
  /** Counts a listener of the app, and returns the function by which it leaves. With the last one, the page follows no more. */
  join(): () => void;
}

/**
 * Keeps in memory what the server answers about the session cookie. Creating it has no effect, because React may create clients
 * that it never uses.
 * @param initial what the server has answered already; `undefined`: nothing
 * @param onOpen called when the page begins to follow the session, with the signal that ends it
 */
export function createCookieSession(
  parts: CookieParts,
  initial: LoginAnswer | null | undefined,
  onOpen: (signal: AbortSignal) => void,
  closing: AbortSignal,
): CookieSession {
  const known: CookieKnowledge = { text: toText(initial), isStale: initial === undefined };
  let listeners = 0;
  let open: AbortController | undefined;
  let loading: Promise<CookieTabs>;

  function close(): void {
    open?.abort();
    open = undefined;
    known.isStale = true; // it misses the notices of other tabs
  }

  function load(): Promise<CookieTabs> {
    if (open) return loading;
    open = new AbortController();
    const { signal } = open;
    onOpen(signal);
    loading = import('./cookie-tabs.ts').then(({ openCookieTabs }) =>
      openCookieTabs({ ...parts, page, known, toText, readSession, timeoutMs: refreshTimeoutMs, signal }),
    );
    return loading;
  }

  async function use(work?: (tabs: CookieTabs) => unknown, otherwise?: () => void): Promise<void> {
    if (!page.document || closing.aborted) return otherwise?.();
    await load()
      .then(work)
      .catch((error) => {
        close(); // the next use is the next attempt
        parts.onError(error);
        otherwise?.();
      });
  }

  function set(_key: string, text: string | null): void {
    known.text = text;
    known.isStale ||= Boolean(known.asking); // that answer may be older
    void use((tabs) => tabs.notify());
  }

  closing.addEventListener('abort', close);
  return {
    storage: { get: () => known.text, set, remove: (key) => set(key, null) },
    use,
    retry() {
      if (open && known.isStale) void use((tabs) => tabs.check());
    },
    join() {
      listeners += 1;
      void use();
      return () => {
        listeners -= 1;
        queueMicrotask(() => listeners || close()); // React's StrictMode leaves and joins again at once
      };
    },
  };
}

function toText(answer: LoginAnswer | null | undefined): string | null {
  return answer ? writeSession(loginEvent(answer, true, 0).session) : null;
}
