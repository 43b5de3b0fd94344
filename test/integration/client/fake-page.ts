import { vi } from 'vitest';
import type { WebStorage } from '../../../client/index.ts';

/** What a browser gives a page, as far as the SDK looks at it. End it with `vi.unstubAllGlobals()`. */
export function openFakePage() {
  const window = new EventTarget();
  const document = Object.assign(new EventTarget(), { hidden: false });
  vi.stubGlobal('document', document);
  vi.stubGlobal('addEventListener', window.addEventListener.bind(window));
  return {
    hide() {
      document.hidden = true;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    show() {
      document.hidden = false;
      document.dispatchEvent(new Event('visibilitychange'));
    },
    goOnline: () => window.dispatchEvent(new Event('online')),
    /** What the browser tells this page of what another one wrote. */
    tellOfStorage(storageArea: WebStorage, key: string | null = null) {
      window.dispatchEvent(Object.assign(new Event('storage'), { storageArea, key }));
    },
  };
}
