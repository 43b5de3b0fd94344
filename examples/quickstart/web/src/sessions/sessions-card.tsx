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
  const title = ending === undefined ? '' : titleOf(ending);
  const revoke = useMutation(
    api.auth.sessions.revoke.mutationOptions({
      onSuccess() {
        setEnding(undefined);
        announce(`${title} was signed out.`);
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
              {devicesIn(list).map((session) => (
                <SessionItem
                  key={session.id}
                  session={session}
                  onRenamed={(name) => announce(`The device is now called ${name}.`)}
                  onEnd={() => setEnding(session)}
                />
              ))}
            </ul>
            {devicesIn(list).length === 1 ? (
              <TryAnother />
            ) : (
              <SignOutOthers hasApiKeys={list.some(isKey)} onDone={announce} />
            )}
          </>
        )}
      </Loaded>
      <output className="muted">{announcement}</output>
      <ConfirmDialog
        isOpen={ending !== undefined}
        title={`Sign out ${title}?`}
        action="Sign out"
        isBusy={revoke.isPending}
        error={revoke.error}
        onConfirm={() => ending && revoke.mutate({ id: ending.id })}
        onClose={() => {
          setEnding(undefined);
          revoke.reset();
        }}
      >
        <p>
          That device is signed out of the client <code>{ending?.client}</code> immediately. This one stays signed in.
        </p>
      </ConfirmDialog>
    </section>
  );
}

const isKey = ({ client }: Session) => client === keyClient;

/** The sessions of people, this device first. */
const devicesIn = (sessions: readonly Session[]) =>
  sessions.filter((session) => !isKey(session)).toSorted((a, b) => Number(b.isCurrent) - Number(a.isCurrent));

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
