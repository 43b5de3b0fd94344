import { useMutation } from '@tanstack/react-query';
import type { SessionView } from 'trpc-durin';
import { api } from '../app/connection.ts';
import { RenameForm } from '../controls/rename-form.tsx';
import { reloadSessions } from './reload-sessions.ts';
import { titleOf } from './session-title.ts';

interface Props {
  session: Pick<SessionView, 'id' | 'name' | 'device'>;
  /** Called with the new name; `null`: the name stays. */
  onClose: (name: string | null) => void;
}

/** Renames a session in its place in the list. */
export function RenameSession({ session, onClose }: Props) {
  const rename = useMutation(
    api.auth.sessions.rename.mutationOptions({
      async onSuccess(_nothing, { name }) {
        await reloadSessions();
        onClose(name);
      },
    }),
  );
  return (
    <RenameForm
      label="Name of this device"
      name={session.name ?? ''}
      placeholder={titleOf({ ...session, name: null })}
      isBusy={rename.isPending}
      error={rename.error}
      onRename={(name) => rename.mutate({ id: session.id, name })}
      onCancel={() => onClose(null)}
    />
  );
}
