import { useSyncExternalStore } from 'react';
import type { SignedOutReason } from 'trpc-durin/client';
import { useDurinSession } from 'trpc-durin/react';
import { auth, liveStream } from '../app/connection.ts';
import type { Live } from './live-stream.ts';

const time = new Intl.DateTimeFormat('en', { timeStyle: 'medium' });

/** What the user does, as a stream of events. It shows when and why the stream has ended, also after the sign-out. */
export function LiveCard() {
  const live = useSyncExternalStore(liveStream.subscribe, liveStream.getSnapshot);
  if (live.status === 'off') return null;
  return (
    <section className={`card stream ${live.status}`} aria-labelledby="live">
      <div className="between">
        <div>
          <h2 id="live">Live</h2>
          <p className="muted">What you do, in every open tab, until the session ends.</p>
        </div>
        <output className="signal">{labels[live.status]}</output>
      </div>
      <output>{live.status === 'ended' && <Ended {...live} />}</output>
      <ol className="feed" aria-label="What you did">
        {live.activities.map(({ number, at, what }) => (
          <li key={number}>
            <time dateTime={at}>{time.format(new Date(at))}</time>
            <span>{what}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

const labels: Readonly<Record<Exclude<Live['status'], 'off'>, string>> = {
  connecting: 'Connecting…',
  live: 'Live',
  ended: 'Ended',
};

/** The SDK knows why the session ended. The stream's last event names the refusal. */
function Ended({ code, at }: { code: string | null; at: string }) {
  const session = useDurinSession(auth);
  const reason = session.status === 'signed-out' ? session.reason : undefined;
  return (
    <span className="answer bad">
      {reason === undefined ? 'The server ended the stream' : sentences[reason]} at {time.format(new Date(at))}.{' '}
      {code !== null && <code>{code}</code>}
    </span>
  );
}

const sentences: Readonly<Record<SignedOutReason, string>> = {
  'logged-out': 'You signed out',
  expired: 'Your session expired',
  revoked: 'Your session was revoked',
};
