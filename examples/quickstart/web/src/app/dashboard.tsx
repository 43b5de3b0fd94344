import { ApiKeyCard } from '../api-key/api-key-card.tsx';
import { CallsCard } from '../calls/calls-card.tsx';
import { CurrentSessionCard } from '../sessions/current-session-card.tsx';
import { SessionsCard } from '../sessions/sessions-card.tsx';
import { ConfirmIdentity } from '../sign-in/confirm-identity.tsx';

interface Props {
  username: string;
  expiry: string | null;
}

/** The page for a user who is signed in. */
export function Dashboard({ username, expiry }: Props) {
  return (
    <div className="columns">
      <div className="stack">
        <CurrentSessionCard username={username} expiry={expiry} />
        <SessionsCard />
        <ApiKeyCard />
      </div>
      <CallsCard />
      <ConfirmIdentity username={username} />
    </div>
  );
}
