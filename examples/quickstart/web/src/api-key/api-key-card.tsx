import { useMutation, useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, queryClient } from '../app/connection.ts';
import { BusyButton } from '../controls/busy-button.tsx';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { Loaded } from '../controls/loaded.tsx';
import { Problem } from '../controls/problem.tsx';
import { useNews } from '../controls/use-news.ts';
import { reloadSessions } from '../sessions/reload-sessions.ts';
import { ApiKey } from './api-key.tsx';
import { apiKeyQuery } from './api-key-query.ts';

/** The user's one key for programs: made, copied and deleted. */
export function ApiKeyCard() {
  const key = useQuery(apiKeyQuery);
  const [isDeleting, setIsDeleting] = useState(false);
  const { news, tell, heading } = useNews();
  const create = useMutation(api.auth.apiAccess.create.mutationOptions({ onSettled: reloadSessions }));
  const remove = useMutation(api.auth.apiAccess.delete.mutationOptions({ onSettled: reloadSessions }));

  // What is given to `mutate` is called as long as this card is there: the key is not put before the next user.
  const createKey = () =>
    create.mutate(undefined, {
      onSuccess(created) {
        queryClient.setQueryData(apiKeyQuery.queryKey, created);
        tell('You have an API key.');
      },
    });
  const deleteKey = () =>
    remove.mutate(undefined, {
      onSuccess() {
        queryClient.setQueryData(apiKeyQuery.queryKey, null);
        setIsDeleting(false);
        tell('The API key is deleted.');
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
            <ApiKey apiKey={view} onDelete={() => setIsDeleting(true)} />
          ) : (
            <>
              <p className="muted">A key lets a program of yours call the API, without your password. You have none.</p>
              <BusyButton onClick={createKey} isBusy={create.isPending} busyText="Creating…">
                Create a key
              </BusyButton>
            </>
          )
        }
      </Loaded>
      <output className="muted">{news}</output>
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
        <p>Programs that use it are refused from then on. A new key will be another one.</p>
      </ConfirmDialog>
    </section>
  );
}
