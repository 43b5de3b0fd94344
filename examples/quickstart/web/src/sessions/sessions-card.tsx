import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/connection.ts';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { Loaded } from '../controls/loaded.tsx';
import { useNews } from '../controls/use-news.ts';
import { addressOf, chosenClient } from '../sign-in/client-choice.ts';
import { reloadSessions } from './reload-sessions.ts';
import { SessionItem } from './session-item.tsx';
import { SignOutOthers } from './sign-out-others.tsx';

const otherClient = chosenClient === 'web' ? 'cli' : 'web';

/** Where the user is signed in, and how that is ended. */
export function SessionsCard() {
  const sessions = useQuery(api.auth.sessions.list.queryOptions());
  const [ending, setEnding] = useState<{ id: string; client: string }>();
  const { news, tell, heading } = useNews();
  const revoke = useMutation(
    api.auth.sessions.revoke.mutationOptions({
      onSuccess(_answer, { id }) {
        const ended = sessions.data?.find((session) => session.id === id);
        setEnding(undefined);
        tell(ended ? `The session of ${ended.client} has ended.` : 'The session has ended.');
      },
      onSettled: reloadSessions,
    }),
  );

  return (
    <section className="card" aria-labelledby="sessions">
      <h2 id="sessions" ref={heading} tabIndex={-1}>
        Your sessions
      </h2>
      <Loaded query={sessions}>
        {(list) => (
          <>
            <ul className="items">
              {list.map((session) => (
                <SessionItem key={session.id} session={session} onEnd={() => setEnding(session)} />
              ))}
            </ul>
            {list.every(({ client }) => client !== otherClient) && <TryAnother />}
            {list.length > 1 && <SignOutOthers hasApiKey={list.some(({ client }) => client === 'api')} onDone={tell} />}
          </>
        )}
      </Loaded>
      <output className="muted">{news}</output>
      <ConfirmDialog
        isOpen={ending !== undefined}
        title={`End the session of ${ending?.client ?? ''}?`}
        action="End the session"
        isBusy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => ending && revoke.mutate({ id: ending.id })}
        onClose={() => {
          setEnding(undefined);
          revoke.reset();
        }}
      >
        {ending?.client === 'api' ? (
          <p>It is your API key: programs that use it are refused from then on.</p>
        ) : (
          <p>Whoever uses it is signed out at once, and has to sign in again.</p>
        )}
      </ConfirmDialog>
    </section>
  );
}

function TryAnother() {
  return (
    <p className="muted">
      <a href={addressOf(otherClient)} target="_blank" rel="noreferrer">
        Open this page as the client {otherClient}
      </a>{' '}
      in another tab, sign in there, and end that session from here.
    </p>
  );
}
