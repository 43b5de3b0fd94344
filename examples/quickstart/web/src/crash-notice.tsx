import { Component, type PropsWithChildren } from 'react';

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
          <p>You are still signed in, and nothing is lost.</p>
          <button type="button" onClick={() => location.reload()}>
            Load it again
          </button>
        </section>
      </main>
    );
  }
}
