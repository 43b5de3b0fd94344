import { useSyncExternalStore } from 'react';

export type Theme = 'light' | 'dark';

const systemIsDark = matchMedia('(prefers-color-scheme: dark)');
const changes = new EventTarget();

function subscribe(listener: () => void): () => void {
  changes.addEventListener('change', listener);
  systemIsDark.addEventListener('change', listener);
  return () => {
    changes.removeEventListener('change', listener);
    systemIsDark.removeEventListener('change', listener);
  };
}

const systemTheme = (): Theme => (systemIsDark.matches ? 'dark' : 'light');
const currentTheme = (): Theme => (document.documentElement.dataset['theme'] as Theme | undefined) ?? systemTheme();

/** The colours of the page: the system's unless the user chose others. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

/** Sets and stores the colours for theme.js. If they are the system's, the page follows the system from then on. */
export function chooseTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === systemTheme()) delete dataset['theme'];
  else dataset['theme'] = theme;
  changes.dispatchEvent(new Event('change'));
  try {
    if (theme === systemTheme()) localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // Storage is not allowed: the choice lasts until the page is closed.
  }
}
