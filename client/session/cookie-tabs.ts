import type { Page } from '../storage/page.ts';
import type { LoginAnswer } from './session.ts';
import type { readSession } from './session-text.ts';

/** What a page knows of the session cookie, which it cannot read. */
export interface CookieKnowledge {
  /** The session, as a storage has it. */
  text: string | null;
  /** Whether the server has to be asked. Only a new question clears it. */
  isStale: boolean;
  /** Pending while the server is asked. */
  asking?: Promise<void> | undefined;
}

/** What a page does about the session cookie that it shares with other tabs. */
export interface CookieTabs {
  /**
   * Asks the server who is signed in, unless that is known. Never rejects.
   * @param isStale whether what is known may be outdated
   */
  check(isStale?: boolean): Promise<void>;
  /** Lets the other tabs ask the server. */
  notify(): void;
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
  /** The session's name among the tabs. */
  readonly name: string;
  /** Calls the procedure `session`. */
  readonly ask: () => Promise<LoginAnswer | null>;
  /** Takes over the session that is known now. */
  readonly onChange: () => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** The functions are passed, because what this file imports at run time would become a file of its own. */
interface Parts extends CookieParts {
  readonly page: Page;
  readonly known: CookieKnowledge;
  readonly toText: (answer: LoginAnswer | null) => string | null;
  readonly readSession: typeof readSession;
  /** The longest wait for an answer or a turn, and the longest turn. */
  readonly timeoutMs: number;
  /** Ends the listening. */
  readonly signal: AbortSignal;
}

/**
 * Asks the server who is signed in: at once, when another tab has changed the cookie, and after a question that failed when
 * the page is online or visible again. Calls that set the cookie take turns, because the last answer decides whose it is.
 */
export function openCookieTabs(parts: Parts): CookieTabs {
  const { page, name, known, ask, toText, readSession, onChange, onError, timeoutMs, signal } = parts;
  const channel = !signal.aborted && page.BroadcastChannel && new page.BroadcastChannel(name);
  let lastTurn = Promise.resolve();

  /** The part of a session that the server has sent. */
  function contentOf(text: string | null): string {
    const { token, expiry, user } = readSession(text) ?? {};
    return JSON.stringify([token, expiry, user], (_key, value) => (typeof value === 'bigint' ? `${value}` : value));
  }

  /** Returns whether the answer is news, and then when it has been taken over. */
  function take(answer: LoginAnswer | null): Promise<void> | undefined {
    const text = toText(answer);
    if (contentOf(text) === contentOf(known.text)) return undefined;
    known.text = text;
    return onChange();
  }

  function askInTime(): Promise<LoginAnswer | null> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(reject, timeoutMs, new Error('Session timed out.'));
      ask()
        .then(resolve, reject)
        .finally(() => clearTimeout(timer));
    });
  }

  /** An answer that may be older than the cookie does not count. */
  async function askUntilCurrent(): Promise<void> {
    known.isStale = false;
    const answer = await askInTime();
    if (known.isStale) await askUntilCurrent();
    else await take(answer);
  }

  async function askOnce(): Promise<void> {
    try {
      await askUntilCurrent();
    } catch (error) {
      known.isStale = true;
      onError(error);
    } finally {
      known.asking = undefined;
    }
  }

  async function check(isStale = false): Promise<void> {
    known.isStale ||= isStale;
    if (known.isStale) known.asking ??= askOnce();
    await known.asking;
  }

  function checkIfVisible(): void {
    if (!page.document?.hidden) void check();
  }

  function notify(): void {
    if (channel && !signal.aborted) channel.postMessage(0);
  }

  if (channel) {
    channel.addEventListener('message', () => void check(true));
    signal.addEventListener('abort', () => channel.close());
  }
  page.document?.addEventListener('visibilitychange', checkIfVisible, { signal });
  page.addEventListener?.('online', checkIfVisible, { signal });
  if (!signal.aborted) void check();

  return {
    check,
    notify,
    sync(answer) {
      if (!take(answer)) return;
      notify();
      void check(true); // a page that was rendered before the last login or logout may arrive after it
    },
    takeTurn(begin, over) {
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
