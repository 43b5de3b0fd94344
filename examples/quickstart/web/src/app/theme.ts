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

/** The colours of the page: the system's, unless others were chosen here. */
export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, currentTheme);
}

/** Chooses the colours; choosing the system's follows the system from then on. Kept where theme.js looks for it. */
export function chooseTheme(theme: Theme): void {
  const { dataset } = document.documentElement;
  if (theme === systemTheme()) delete dataset['theme'];
  else dataset['theme'] = theme;
  changes.dispatchEvent(new Event('change'));
  try {
    if (theme === systemTheme()) localStorage.removeItem('theme');
    else localStorage.setItem('theme', theme);
  } catch {
    // No storage is allowed: the choice lasts as long as the page.
  }
}
