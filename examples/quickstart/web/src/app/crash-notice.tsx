import { Component, type PropsWithChildren } from 'react';
import { auth } from './connection.ts';
import { Header } from './header.tsx';

const reload = () => location.reload();

/** Replaces the page with a notice when rendering fails. Without it, the page would be blank. */
export class CrashNotice extends Component<PropsWithChildren, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError(): { hasCrashed: boolean } {
    return { hasCrashed: true };
  }

  override render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <>
        <Header />
        <main>
          <section className="card" role="alert">
            <h1>Something went wrong</h1>
            <p>Reload the page. If that does not help, sign out: the stored session may be the cause.</p>
            <div className="actions start">
              <button type="button" onClick={reload}>
                Reload
              </button>
              <button type="button" onClick={() => void auth.logout().then(reload, reload)}>
                Sign out
              </button>
            </div>
          </section>
        </main>
      </>
    );
  }
}
