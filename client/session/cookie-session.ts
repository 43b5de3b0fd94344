import { page } from '../storage/page.ts';
import type { CookieParts, CookieTabs } from './cookie-tabs.ts';
import { type LoginAnswer, loginEvent } from './session.ts';

/**
 * Loads the code about the session cookie and then does `work`. Never rejects.
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
  const rendered = initial && loginEvent(initial, true, 0).session;
  let tabs: CookieTabs | undefined;
  if (rendered) store.replace(rendered);

  return async function use(work, otherwise) {
    if (!page.document || closing.aborted) return otherwise?.();
    try {
      const { createCookieTabs } = await import('./cookie-tabs.ts'); // after a failure, the next use is the next attempt
      tabs ??= createCookieTabs(parts, initial, rendered, page, loginEvent);
      await work(tabs);
    } catch (error) {
      otherwise?.();
      store.report(error);
    }
  };
}
