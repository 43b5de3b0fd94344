import { ApiKeyCard } from './api-key-card.tsx';
import { CallsCard } from './calls-card.tsx';
import { CurrentSessionCard } from './current-session-card.tsx';
import { SessionsCard } from './sessions-card.tsx';

interface Props {
  username: string;
  expiry: string | null;
}

/** What somebody sees who is signed in. */
export function Dashboard({ username, expiry }: Props) {
  return (
    <div className="columns">
      <div className="stack">
        <CurrentSessionCard username={username} expiry={expiry} />
        <SessionsCard />
        <ApiKeyCard />
      </div>
      <CallsCard />
    </div>
  );
}
