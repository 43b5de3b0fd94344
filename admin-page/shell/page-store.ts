import { localStorageStore, type Store } from 'react-admin';

const themeKey = 'theme';

/** Keeps settings in `localStorage`. Signing out clears them, except for the theme, which belongs to the browser. */
export function createPageStore(): Store {
  const store = localStorageStore('1', 'durin-admin');
  return {
    ...store,
    reset() {
      const theme: unknown = store.getItem(themeKey);
      store.reset();
      if (theme !== undefined) store.setItem(themeKey, theme);
    },
  };
}
