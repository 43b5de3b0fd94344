import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/connection.ts';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { Loaded } from '../controls/loaded.tsx';
import { useAnnouncement } from '../controls/use-announcement.ts';
import { addressOf, chosenClient } from '../sign-in/client-choice.ts';
import { reloadSessions } from './reload-sessions.ts';
import { type Session, SessionItem } from './session-item.tsx';
import { keyClient, titleOf } from './session-title.ts';
import { SignOutOthers } from './sign-out-others.tsx';

const otherClient = chosenClient === 'web' ? 'cli' : 'web';

/** The devices that the user is signed in on, with buttons to rename them and to sign them out. */
export function SessionsCard() {
  const sessions = useQuery(api.auth.sessions.list.queryOptions());
  const [ending, setEnding] = useState<Session>();
  const { announcement, announce, heading } = useAnnouncement();
  const isKey = ending?.client === keyClient;
  const title = ending === undefined ? '' : titleOf(ending);
  const revoke = useMutation(
    api.auth.sessions.revoke.mutationOptions({
      onSuccess() {
        setEnding(undefined);
        announce(isKey ? 'The API key was revoked.' : `${title} was signed out.`);
      },
      onSettled: reloadSessions,
    }),
  );

  return (
    <section className="card" aria-labelledby="sessions">
      <h2 id="sessions" ref={heading} tabIndex={-1}>
        Your devices
      </h2>
      <Loaded query={sessions}>
        {(list) => (
          <>
            <ul className="items">
              {currentFirst(list).map((session) => (
                <SessionItem
                  key={session.id}
                  session={session}
                  onRenamed={(name) => announce(`The device is now called ${name}.`)}
                  onEnd={() => setEnding(session)}
                />
              ))}
            </ul>
            {list.length === 1 && <TryAnother />}
            {list.length > 1 && (
              <SignOutOthers hasApiKey={list.some(({ client }) => client === keyClient)} onDone={announce} />
            )}
          </>
        )}
      </Loaded>
      <output className="muted">{announcement}</output>
      <ConfirmDialog
        isOpen={ending !== undefined}
        title={isKey ? 'Revoke the API key?' : `Sign out ${title}?`}
        action={isKey ? 'Revoke the key' : 'Sign out'}
        isBusy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => ending && revoke.mutate({ id: ending.id })}
        onClose={() => {
          setEnding(undefined);
          revoke.reset();
        }}
      >
        {isKey ? (
          <p>Programs that use it lose access immediately.</p>
        ) : (
          <p>
            That device is signed out of the client <code>{ending?.client}</code> immediately. This one stays signed in.
          </p>
        )}
      </ConfirmDialog>
    </section>
  );
}

const currentFirst = (sessions: readonly Session[]) =>
  sessions.toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent));

function TryAnother() {
  return (
    <p className="muted">
      You are signed in on this device only. Sign in from a private window or another browser, or{' '}
      <a href={addressOf(otherClient)} target="_blank" rel="noreferrer">
        open this page as the client {otherClient}
      </a>
      , and then sign that one out from here.
    </p>
  );
}
