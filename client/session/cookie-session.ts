import { page } from '../storage/page.ts';
import type { DurinStorage } from '../storage/storage.ts';
import { type LoginAnswer, loginEvent } from './session.ts';
import { writeSession } from './session-text.ts';

type SessionText = string | null | undefined;

/**
 * Reads the session of the browser's cookie from the server, and keeps it in memory. Tabs that share the cookie notify each
 * other of changes, and then ask the server again. A server that renders pages has no cookie of its own, and asks nothing.
 * @param ask calls the procedure `session`
 * @param initial what it has answered already; `undefined`: nothing
 */
export function cookieSession(
  ask: () => Promise<LoginAnswer | null>,
  initial: LoginAnswer | null | undefined,
): DurinStorage {
  let text: SessionText | Promise<SessionText> = toText(page.document ? initial : (initial ?? null));
  let notify: (() => void) | undefined;

  function askAgain(): void {
    text = undefined;
  }

  function change(next: SessionText): void {
    text = next;
    notify?.();
  }

  return {
    get() {
      if (text === undefined) {
        text = Promise.resolve().then(ask).then(toText); // later, when the app has connected its client
        text.catch(askAgain); // the next change, or another tab, is the next occasion
      }
      return text;
    },
    set: (_key, next) => change(next),
    remove: () => change(null),
    watch(key, listener, signal) {
      const channel = page.document && page.BroadcastChannel && new page.BroadcastChannel(key);
      if (!channel) return;
      notify = () => channel.postMessage(0);
      channel.addEventListener('message', () => {
        askAgain();
        listener();
      });
      signal.addEventListener('abort', () => {
        notify = undefined;
        channel.close();
      });
    },
  };
}

function toText(answer: LoginAnswer | null | undefined): SessionText {
  return answer && writeSession(loginEvent(answer, true, 0).session);
}
