import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/connection.ts';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { Loaded } from '../controls/loaded.tsx';
import { useAnnouncement } from '../controls/use-announcement.ts';
import { addressOf, chosenClient } from '../sign-in/client-choice.ts';
import { reloadSessions } from './reload-sessions.ts';
import { SessionItem } from './session-item.tsx';
import { SignOutOthers } from './sign-out-others.tsx';

const otherClient = chosenClient === 'web' ? 'cli' : 'web';

/** The user's sessions, with buttons to end them. */
export function SessionsCard() {
  const sessions = useQuery(api.auth.sessions.list.queryOptions());
  const [ending, setEnding] = useState<{ id: string; client: string }>();
  const { announcement, announce, heading } = useAnnouncement();
  const revoke = useMutation(
    api.auth.sessions.revoke.mutationOptions({
      onSuccess(_response, { id }) {
        const ended = sessions.data?.find((session) => session.id === id);
        setEnding(undefined);
        announce(ended ? `The session of ${ended.client} was ended.` : 'The session was ended.');
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
            {list.length > 1 && (
              <SignOutOthers hasApiKey={list.some(({ client }) => client === 'api')} onDone={announce} />
            )}
          </>
        )}
      </Loaded>
      <output className="muted">{announcement}</output>
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
          <p>This is your API key. Programs that use it lose access immediately.</p>
        ) : (
          <p>That device is signed out immediately and has to sign in again.</p>
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
      in another tab, sign in there, and then end that session from here.
    </p>
  );
}
