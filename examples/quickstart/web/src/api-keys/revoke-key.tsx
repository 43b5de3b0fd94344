import { useMutation } from '@tanstack/react-query';
import { api } from '../app/connection.ts';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { reloadSessions } from '../sessions/reload-sessions.ts';
import { nameOf, type OwnKey } from './own-key.ts';

interface Props {
  /** The key to revoke. `undefined`: the dialog is closed. */
  apiKey: OwnKey | undefined;
  onRevoked: (name: string) => void;
  onClose: () => void;
}

/** Asks before a key is revoked. */
export function RevokeKey({ apiKey, onRevoked, onClose }: Props) {
  const revoke = useMutation(api.auth.keys.revoke.mutationOptions({ onSettled: () => void reloadSessions() }));

  function confirm(): void {
    if (apiKey === undefined) return;
    revoke.mutate({ id: apiKey.id }, { onSuccess: () => onRevoked(nameOf(apiKey)) });
  }

  return (
    <ConfirmDialog
      isOpen={apiKey !== undefined}
      title={`Revoke the key ${apiKey === undefined ? '' : nameOf(apiKey)}?`}
      action="Revoke the key"
      isBusy={revoke.isPending}
      error={revoke.error}
      onConfirm={confirm}
      onClose={() => {
        revoke.reset();
        onClose();
      }}
    >
      <p>
        Programs that use <code>{apiKey?.preview}</code> lose access immediately. To replace a key without an outage,
        roll it instead.
      </p>
    </ConfirmDialog>
  );
}
