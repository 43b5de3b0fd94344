import { vi } from 'vitest';
import type { WebStorage } from '../../../client/index.ts';

/** Stubs the browser APIs that the SDK uses. End it with `vi.unstubAllGlobals()`. */
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
    /** Dispatches the event that a browser sends after another tab has written to the storage. */
    notifyOfStorage(storageArea: WebStorage, key: string | null = null) {
      window.dispatchEvent(Object.assign(new Event('storage'), { storageArea, key }));
    },
  };
}
