import { ApiKeysCard } from '../api-keys/api-keys-card.tsx';
import { CallsCard } from '../calls/calls-card.tsx';
import { LiveCard } from '../live/live-card.tsx';
import { CurrentSessionCard } from '../sessions/current-session-card.tsx';
import { SessionsCard } from '../sessions/sessions-card.tsx';
import { chosenClient } from '../sign-in/client-choice.ts';
import { ConfirmIdentity } from '../sign-in/confirm-identity.tsx';

interface Props {
  username: string;
  expiry: string | null;
}

/** The client whose sessions may create API keys. See auth.ts. */
const keyManager = 'web';

/** The page for a user who is signed in. */
export function Dashboard({ username, expiry }: Props) {
  return (
    <div className="columns">
      <div className="stack">
        <CurrentSessionCard username={username} expiry={expiry} />
        <SessionsCard />
        {chosenClient === keyManager && <ApiKeysCard />}
      </div>
      <div className="stack">
        <LiveCard />
        <CallsCard />
      </div>
      <ConfirmIdentity username={username} />
    </div>
  );
}
