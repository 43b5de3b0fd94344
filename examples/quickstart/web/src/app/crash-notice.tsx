import { Component, type PropsWithChildren } from 'react';
import { auth } from './connection.ts';

const reload = () => location.reload();

/** What is seen in place of the page when one of its parts fails, which would leave nothing. */
export class CrashNotice extends Component<PropsWithChildren, { hasCrashed: boolean }> {
  override state = { hasCrashed: false };

  static getDerivedStateFromError(): { hasCrashed: boolean } {
    return { hasCrashed: true };
  }

  override render() {
    if (!this.state.hasCrashed) return this.props.children;
    return (
      <main>
        <section className="card" role="alert">
          <h1>This page has failed</h1>
          <p>Load it again. If that does not help, sign out: what is kept of your session may be the reason.</p>
          <div className="actions start">
            <button type="button" onClick={reload}>
              Load it again
            </button>
            <button type="button" onClick={() => void auth.logout().then(reload, reload)}>
              Sign out
            </button>
          </div>
        </section>
      </main>
    );
  }
}
