import { useMutation, useQuery } from '@tanstack/react-query';
import { api, auth } from '../app/connection.ts';
import { BusyButton } from '../controls/busy-button.tsx';
import { DateTime } from '../controls/date-time.tsx';
import { Problem } from '../controls/problem.tsx';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { chosenClient } from '../sign-in/client-choice.ts';

interface Props {
  username: string;
  /** As the server sent it. */
  expiry: string | null;
}

/** Who is signed in and for how long, with buttons to refresh the session and to sign out. */
export function CurrentSessionCard({ username, expiry }: Props) {
  // The server computes the time left, because this device's clock may be wrong.
  const whoami = useQuery(api.whoami.queryOptions());
  const refresh = useMutation({ mutationFn: auth.refresh });
  const logout = useMutation({ mutationFn: auth.logout });
  const heading = useFocusOnMount<HTMLHeadingElement>();

  const { expiresIn = whoami.error ? 'unknown' : '…' } = whoami.data ?? {};
  const timeLeft = expiresIn === 'never' ? 'no limit' : expiresIn;

  return (
    <section className="card" aria-labelledby="current-session">
      <div className="between">
        <div>
          <h1 id="current-session" ref={heading} tabIndex={-1}>
            Hello, <bdi>{username}</bdi>
          </h1>
          <p className="muted">
            You are signed in on the client <code>{chosenClient}</code>.
          </p>
        </div>
        <BusyButton onClick={() => logout.mutate()} isBusy={logout.isPending} busyText="Signing out…">
          Sign out
        </BusyButton>
      </div>
      <dl className="facts">
        <div>
          <dt>Time left</dt>
          <dd className="big">{timeLeft}</dd>
        </div>
        <div>
          <dt>Signed in until</dt>
          <dd>{expiry === null ? 'you sign out' : <DateTime iso={expiry} />}</dd>
        </div>
      </dl>
      {expiry !== null && (
        <div className="with-note">
          <BusyButton onClick={() => refresh.mutate()} isBusy={refresh.isPending} busyText="Refreshing…">
            Refresh
          </BusyButton>
          <output className="muted">
            {refresh.isSuccess ? 'The session was refreshed.' : 'The page does this automatically at half-time.'}
          </output>
        </div>
      )}
      <Problem error={whoami.error} {...(whoami.data && { consequence: 'The time left may be out of date.' })} />
      <Problem error={logout.error} consequence="You are still signed in." />
      <Problem error={refresh.error} consequence="The session was not refreshed." />
    </section>
  );
}
