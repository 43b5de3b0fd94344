import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, queryClient } from '../app/connection.ts';
import { BusyButton } from '../controls/busy-button.tsx';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { Loaded } from '../controls/loaded.tsx';
import { Problem } from '../controls/problem.tsx';
import { useAnnouncement } from '../controls/use-announcement.ts';
import { reloadSessions } from '../sessions/reload-sessions.ts';
import { ApiKey } from './api-key.tsx';
import { apiKeyQuery } from './api-key-query.ts';

/** The user's API key: create and delete it, and copy it after its creation. */
export function ApiKeyCard() {
  const key = useQuery(apiKeyQuery);
  const [isDeleting, setIsDeleting] = useState(false);
  const { announcement, announce, heading } = useAnnouncement();
  const create = useMutation(api.auth.apiAccess.create.mutationOptions({ onSettled: reloadSessions, gcTime: 0 }));
  const remove = useMutation(api.auth.apiAccess.delete.mutationOptions({ onSettled: reloadSessions }));
  const newKey = create.data; // another tab may have replaced it
  // Callbacks given to `mutate` run only while this card is mounted, so the next user never sees this user's key.
  const createKey = () =>
    create.mutate(undefined, {
      onSuccess(created) {
        queryClient.setQueryData(apiKeyQuery.queryKey, created);
        announce('The API key was created.');
      },
    });
  const deleteKey = () =>
    remove.mutate(undefined, {
      onSuccess() {
        queryClient.setQueryData(apiKeyQuery.queryKey, null);
        create.reset();
        setIsDeleting(false);
        announce('The API key was deleted.');
      },
    });

  return (
    <section className="card" aria-labelledby="api-key">
      <h2 id="api-key" ref={heading} tabIndex={-1}>
        Your API key
      </h2>
      <Loaded query={key}>
        {(view) =>
          view ? (
            <ApiKey
              apiKey={view}
              token={newKey?.created === view.created ? newKey.token : undefined}
              onDelete={() => setIsDeleting(true)}
            />
          ) : (
            <>
              <p className="muted">
                With an API key your programs can call the API without your password. You have no key.
              </p>
              <BusyButton onClick={createKey} isBusy={create.isPending} busyText="Creating…">
                Create a key
              </BusyButton>
            </>
          )
        }
      </Loaded>
      <output className="muted">{announcement}</output>
      <Problem error={create.error} />
      <ConfirmDialog
        isOpen={isDeleting}
        title="Delete the API key?"
        action="Delete the key"
        isBusy={remove.isPending}
        error={remove.error}
        onConfirm={deleteKey}
        onClose={() => {
          setIsDeleting(false);
          remove.reset();
        }}
      >
        <p>Programs that use this key lose access immediately. You can create a new key afterwards.</p>
      </ConfirmDialog>
    </section>
  );
}
