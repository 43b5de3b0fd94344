import { ThemeToggle } from './theme-toggle.tsx';

export function Header() {
  return (
    <header className="header">
      <p className="brand">
        <img src="/icon.svg" alt="" width="28" height="28" />
        <span>
          trpc-durin <span className="muted">quickstart</span>
        </span>
      </p>
      <ThemeToggle />
    </header>
  );
}
