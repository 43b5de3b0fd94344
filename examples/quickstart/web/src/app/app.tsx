import { useState } from 'react';
import { useDurinSession } from 'trpc-durin/react';
import { CallsCard } from '../calls/calls-card.tsx';
import { LiveCard } from '../live/live-card.tsx';
import { SignIn } from '../sign-in/sign-in.tsx';
import { auth } from './connection.ts';
import { Dashboard } from './dashboard.tsx';
import { Header } from './header.tsx';
import { OfflineNotice } from './offline-notice.tsx';

/** The page. It follows the session, which may change in any tab. */
export function App() {
  const session = useDurinSession(auth);
  const isSignedIn = session.status === 'signed-in';
  const [wasSignedIn, setWasSignedIn] = useState(false); // after a sign-out, the focus moves to the sign-in form
  if (isSignedIn && !wasSignedIn) setWasSignedIn(true);

  return (
    <>
      <Header />
      <OfflineNotice />
      <main>
        {isSignedIn ? (
          <Dashboard key={session.user.id} username={session.user.username} expiry={session.expiry} />
        ) : (
          <div className="columns">
            <div className="stack">
              <SignIn reason={session.reason} takesFocus={wasSignedIn} />
              <LiveCard />
            </div>
            <CallsCard />
          </div>
        )}
      </main>
    </>
  );
}
