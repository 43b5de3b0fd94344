import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { api, queryClient } from '../app/connection.ts';
import { Loaded } from '../controls/loaded.tsx';
import { useAnnouncement } from '../controls/use-announcement.ts';
import { CreateKey } from './create-key.tsx';
import { KeyItem } from './key-item.tsx';
import { NewKey } from './new-key.tsx';
import { type CreatedKey, nameOf, type OwnKey, replacementOf } from './own-key.ts';
import { RevokeKey } from './revoke-key.tsx';
import { RollKey } from './roll-key.tsx';

/** The user's API keys: create, rename, roll and revoke them, and copy a new one. */
export function ApiKeysCard() {
  const keys = useQuery(api.auth.keys.list.queryOptions());
  const [shown, setShown] = useState<{ readonly apiKey: CreatedKey; readonly note: string }>();
  const [rolling, setRolling] = useState<OwnKey>();
  const [revoking, setRevoking] = useState<OwnKey>();
  const { announcement, announce, heading } = useAnnouncement();
  const isListed = shown !== undefined && keys.data?.some(({ id }) => id === shown.apiKey.id); // or it was revoked elsewhere

  function show(apiKey: CreatedKey, note: string): void {
    const { token: _token, ...listed } = apiKey;
    queryClient.setQueryData(api.auth.keys.list.queryKey(), (list = []) => [listed, ...list]);
    setShown({ apiKey, note });
    announce(''); // what was done before
  }

  return (
    <section className="card" aria-labelledby="api-keys">
      <h2 id="api-keys" ref={heading} tabIndex={-1}>
        Your API keys
      </h2>
      {isListed && (
        <NewKey
          key={shown.apiKey.id}
          apiKey={shown.apiKey}
          note={shown.note}
          onDone={() => {
            setShown(undefined);
            announce(`The key ${nameOf(shown.apiKey)} is no longer shown.`);
          }}
        />
      )}
      <Loaded query={keys}>
        {(list) => (
          <>
            {list.length === 0 ? (
              <p className="muted">With an API key, a program can call the API without your password. You have none.</p>
            ) : (
              <ul className="items">
                {list.map((apiKey) => (
                  <KeyItem
                    key={apiKey.id}
                    apiKey={apiKey}
                    replacement={replacementOf(apiKey, list)}
                    onRenamed={(name) => announce(`The key is now called ${name}.`)}
                    onRoll={() => setRolling(apiKey)}
                    onRevoke={() => setRevoking(apiKey)}
                  />
                ))}
              </ul>
            )}
            <CreateKey onCreated={(created) => show(created, '')} />
          </>
        )}
      </Loaded>
      <output className="muted">{announcement}</output>
      <RollKey
        apiKey={rolling}
        onRolled={(created, note) => {
          setRolling(undefined);
          show(created, note);
        }}
        onClose={() => setRolling(undefined)}
      />
      <RevokeKey
        apiKey={revoking}
        onRevoked={(name) => {
          setRevoking(undefined);
          announce(`The key ${name} was revoked.`);
        }}
        onClose={() => setRevoking(undefined)}
      />
    </section>
  );
}
