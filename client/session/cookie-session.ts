import { page } from '../storage/page.ts';
import type { CookieParts, CookieTabs } from './cookie-tabs.ts';
import { type LoginAnswer, loginEvent, missingToken, type Session } from './session.ts';
import { isToken } from './session-text.ts';

/**
 * Loads the code about the session cookie and then does `work`. Never rejects. Code that cannot be loaded is reported
 * once, until it is loaded.
 * @param otherwise called instead on a server, which has no cookie of its own, once the SDK is closed, and after a failure
 */
export type CookieSession = (work: (tabs: CookieTabs) => unknown, otherwise?: () => void) => Promise<void>;

/**
 * Creates the session of the browser's cookie, whose code is loaded when it is first needed: a client that sends a header
 * never needs it.
 * @param initial what the server has answered already; `undefined`: nothing
 */
export function createCookieSession(parts: CookieParts, initial: LoginAnswer | null | undefined): CookieSession {
  const { store, closing } = parts;
  const rendered = sessionOf(initial);
  let tabs: CookieTabs | undefined;
  let isReported = false;
  if (rendered) store.replace(rendered);

  /** Returns the session of an answer. An answer without an id is reported, and stands for nobody. */
  function sessionOf(answer: LoginAnswer | null | undefined): Session | null {
    if (!answer) return null;
    const { session } = loginEvent(answer, true, 0);
    if (isToken(session.token)) return session;
    store.report(missingToken());
    return null;
  }

  return async function use(work, otherwise) {
    if (!page.document || closing.aborted) return otherwise?.();
    try {
      // After a failure, the next use tries again. Some browsers remember the failure until the page is loaded anew.
      const { createCookieTabs } = await import('./cookie-tabs.ts');
      isReported = false;
      tabs ??= createCookieTabs(parts, initial, rendered, page, sessionOf);
      await work(tabs);
    } catch (error) {
      otherwise?.();
      if (!isReported) store.report(error);
      isReported = true;
    }
  };
}
