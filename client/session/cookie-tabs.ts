import type { Page } from '../storage/page.ts';
import type { LoginAnswer, Session } from './session.ts';
import type { SessionStore } from './session-store.ts';

/** What a page does about the session cookie, which it cannot read, and which it shares with other tabs. */
export interface CookieTabs {
  /** Begins to follow the cookie, unless the page does so already. */
  open(): void;
  /** Stops following the cookie. The next use starts it again. */
  close(): void;
  /**
   * Asks the server who is signed in, unless that is known. Never rejects.
   * @param isDoubted whether what is known may be outdated
   */
  check(isDoubted?: boolean): Promise<void>;
  /** Does what `check` does, but only while the page follows the cookie. */
  checkIfOpen(isDoubted?: boolean): Promise<void>;
  /** Lets all tabs ask the server. */
  recheck(): void;
  /** Takes a newer answer of the server. */
  sync(answer: LoginAnswer | null): void;
  /**
   * Calls `begin` once no other call that sets the cookie is under way in any tab, or after the timeout. Resolves when the
   * call is over.
   */
  takeTurn(begin: () => void, over: AbortSignal): Promise<void>;
}

/** What this needs of the SDK. */
export interface CookieParts {
  readonly store: SessionStore;
  /** The session's name among the tabs. */
  readonly name: string;
  /** Calls the procedure `session`. */
  readonly ask: () => Promise<LoginAnswer | null>;
  /** Called when the page begins to follow the session, with the signal that ends it. */
  readonly onOpen: (signal: AbortSignal) => void;
  /** Aborted when the SDK is closed. */
  readonly closing: AbortSignal;
}

/** The longest wait for an answer or a turn, and the longest turn. */
const timeoutMs = 30_000;

/**
 * Asks the server who is signed in: at once, when another tab has changed the cookie, and after a question that failed when
 * the page is online or visible again. Calls that set the cookie take turns, because the last answer decides whose it is.
 * Creating it has no effect, because React may create clients that it never uses.
 * @param initial what the server has answered already; `undefined`: nothing
 * @param rendered the session of that answer
 * @param sessionOf returns the session of an answer
 * @param page passed, as is `sessionOf`, because what this file imports at run time would become a file of its own
 */
export function createCookieTabs(
  parts: CookieParts,
  initial: LoginAnswer | null | undefined,
  rendered: Session | null,
  page: Page,
  sessionOf: (answer: LoginAnswer | null) => Session | null,
): CookieTabs {
  const { store, name, ask, onOpen, closing } = parts;
  let isStale = initial === undefined; // only a new question clears it
  let shared = rendered; // the session that the other tabs already know, or will get when they ask
  let asking: Promise<void> | undefined;
  let following: AbortController | undefined;
  let channel: ReturnType<typeof openChannel>;
  let lastTurn = Promise.resolve();

  /** Takes over an answer of the server. Returns whether it is news. */
  function take(answer: LoginAnswer | null): boolean {
    const session = sessionOf(answer);
    if (contentOf(session) === contentOf(store.state.session)) return false;
    shared = session;
    store.replace(session);
    return true;
  }

  function askInTime(): Promise<LoginAnswer | null> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(reject, timeoutMs, new Error('Session timed out.'));
      ask()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  /** An answer that may be older than the cookie does not count, unless the page has stopped: its next use asks again. */
  async function askUntilCurrent(): Promise<void> {
    isStale = false;
    const { state } = store;
    const answer = await askInTime();
    const isCurrent = state === store.state;
    if (following && (isStale || !isCurrent)) await askUntilCurrent();
    else if (isCurrent) take(answer);
  }

  async function askOnce(): Promise<void> {
    try {
      await askUntilCurrent();
    } catch (error) {
      isStale = true;
      store.report(error);
    } finally {
      asking = undefined;
    }
  }

  async function checkIfOpen(isDoubted = false): Promise<void> {
    if (!following) return;
    isStale ||= isDoubted;
    if (isStale) asking ??= askOnce();
    await asking;
  }

  function check(isDoubted?: boolean): Promise<void> {
    open();
    return checkIfOpen(isDoubted);
  }

  function checkIfVisible(): void {
    if (!page.document?.hidden) void checkIfOpen();
  }

  function notify(): void {
    if (following) channel?.postMessage(0);
  }

  function recheck(): void {
    open();
    notify();
    void check(true);
  }

  /** Notifies the other tabs of a change that was made here. */
  function share(): void {
    const { session } = store.state;
    if (session === shared) return;
    shared = session;
    notify();
  }

  function openChannel(signal: AbortSignal) {
    if (!page.BroadcastChannel) return undefined;
    const opened = new page.BroadcastChannel(name);
    opened.addEventListener('message', () => void checkIfOpen(true));
    signal.addEventListener('abort', () => opened.close());
    return opened;
  }

  function open(): void {
    if (following || closing.aborted) return;
    const opened = new AbortController();
    const { signal } = opened;
    channel = openChannel(signal);
    following = opened;
    onOpen(signal);
    signal.addEventListener('abort', store.subscribe(share));
    page.document?.addEventListener('visibilitychange', checkIfVisible, { signal });
    page.addEventListener?.('online', checkIfVisible, { signal });
    share();
    void checkIfOpen();
  }

  function close(): void {
    following?.abort();
    following = undefined;
    isStale = true; // it misses the notices of other tabs
  }

  closing.addEventListener('abort', close);
  return {
    open,
    close,
    check,
    checkIfOpen,
    recheck,
    sync(answer) {
      open();
      if (take(answer)) recheck(); // a page that was rendered before the last login or logout may arrive after it
    },
    takeTurn(begin, over) {
      open();
      function turn(): Promise<void> | void {
        if (over.aborted) return;
        begin();
        return new Promise((resolve) => {
          const timer = setTimeout(resolve, timeoutMs);
          over.addEventListener('abort', () => {
            clearTimeout(timer);
            resolve();
          });
        });
      }
      const options = { signal: page.AbortSignal.timeout?.(timeoutMs) };
      const locks = page.navigator?.locks;
      lastTurn = locks ? locks.request(name, options, turn).catch(begin) : lastTurn.then(turn);
      return lastTurn;
    },
  };
}

/** The part of a session that the server has sent. */
function contentOf(session: Session | null): string {
  const { token, expiry, user } = session ?? {};
  return JSON.stringify([token, expiry, user], (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
}
