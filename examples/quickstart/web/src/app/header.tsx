import { ThemeToggle } from './theme-toggle.tsx';

export function Header() {
  return (
    <header className="header">
      <p className="brand">
        <Icon />
        <span>
          trpc-durin <span className="muted">quickstart</span>
        </span>
      </p>
      <ThemeToggle />
    </header>
  );
}

/** The same as icon.svg. As inline SVG it needs no request. */
function Icon() {
  return (
    <svg viewBox="0 0 32 32" width="28" height="28" aria-hidden="true">
      <rect width="32" height="32" rx="8" fill="#3451b2" />
      <g fill="none" stroke="#fff" strokeLinecap="round">
        <path d="M10 25V14a6 6 0 0 1 12 0v11" strokeWidth="2.5" />
        <path d="M16 18v4" strokeWidth="1.8" />
      </g>
      <circle cx="16" cy="17.5" r="1.6" fill="#fff" />
    </svg>
  );
}
