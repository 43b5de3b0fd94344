import { localStorageStore, type Store } from 'react-admin';

const themeKey = 'theme';

/** Where the page keeps what is chosen in it. A sign-out forgets all but light or dark, which is the browser's, not a user's. */
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
