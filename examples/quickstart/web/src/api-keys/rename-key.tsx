import { useMutation } from '@tanstack/react-query';
import { api } from '../app/connection.ts';
import { RenameForm } from '../controls/rename-form.tsx';
import { reloadSessions } from '../sessions/reload-sessions.ts';
import type { OwnKey } from './own-key.ts';

interface Props {
  apiKey: OwnKey;
  /** Called with the new name; `null`: the name stays. */
  onClose: (name: string | null) => void;
}

/** Renames a key in its place in the list. */
export function RenameKey({ apiKey, onClose }: Props) {
  const rename = useMutation(
    api.auth.keys.rename.mutationOptions({
      async onSuccess(_nothing, { name }) {
        await reloadSessions();
        onClose(name);
      },
    }),
  );
  return (
    <RenameForm
      label="Name of this key"
      name={apiKey.name ?? ''}
      placeholder={apiKey.preview}
      isBusy={rename.isPending}
      error={rename.error}
      onRename={(name) => rename.mutate({ id: apiKey.id, name })}
      onCancel={() => onClose(null)}
    />
  );
}
