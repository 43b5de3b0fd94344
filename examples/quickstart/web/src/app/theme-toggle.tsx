import { chooseTheme, useTheme } from './theme.ts';

export function ThemeToggle() {
  const isDark = useTheme() === 'dark';
  return (
    <button type="button" className="quiet" onClick={() => chooseTheme(isDark ? 'light' : 'dark')}>
      <svg viewBox="0 0 16 16" width="16" height="16" aria-hidden="true">
        <circle cx="8" cy="8" r="6.5" fill="none" stroke="currentColor" strokeWidth="1.5" />
        <path d="M8 1.5a6.5 6.5 0 0 1 0 13z" fill="currentColor" />
      </svg>
      {isDark ? 'Light' : 'Dark'}
      <span className="hidden"> colours</span>
    </button>
  );
}
