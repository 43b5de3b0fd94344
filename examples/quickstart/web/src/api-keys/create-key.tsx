import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/connection.ts';
import { useFocusOnMount } from '../controls/use-focus-on-mount.ts';
import { reloadSessions } from '../sessions/reload-sessions.ts';
import { CreateKeyForm } from './create-key-form.tsx';
import type { CreatedKey } from './own-key.ts';

/** A button that opens the form for a new key. */
export function CreateKey({ onCreated }: { onCreated: (created: CreatedKey) => void }) {
  const [form, setForm] = useState<'closed' | 'open' | 'cancelled'>('closed');
  const openButton = useFocusOnMount<HTMLButtonElement>(form === 'cancelled');
  const create = useMutation(
    api.auth.keys.create.mutationOptions({ onSettled: () => void reloadSessions(), gcTime: 0 }),
  );

  if (form !== 'open') {
    return (
      <button type="button" ref={openButton} onClick={() => setForm('open')}>
        Create a key
      </button>
    );
  }
  return (
    <CreateKeyForm
      isBusy={create.isPending}
      error={create.error}
      // Callbacks given to `mutate` run only while the card is mounted, so the next user never sees this user's key.
      onSubmit={(input) =>
        create.mutate(input, {
          onSuccess(created) {
            setForm('closed');
            create.reset();
            onCreated(created);
          },
        })
      }
      onCancel={() => {
        setForm('cancelled');
        create.reset();
      }}
    />
  );
}
