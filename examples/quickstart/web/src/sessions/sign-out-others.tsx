import { useMutation } from '@tanstack/react-query';
import { useState } from 'react';
import { api } from '../app/connection.ts';
import { ConfirmDialog } from '../controls/confirm-dialog.tsx';
import { reloadSessions } from './reload-sessions.ts';

interface Props {
  hasApiKeys: boolean;
  /** Called with a sentence that describes the result. */
  onDone: (announcement: string) => void;
}

export function SignOutOthers({ hasApiKeys, onDone }: Props) {
  const [isOpen, setIsOpen] = useState(false);
  const [keepsKeys, setKeepsKeys] = useState(true);
  const revokeOthers = useMutation(
    api.auth.sessions.revokeOthers.mutationOptions({
      onSuccess({ revoked }) {
        setIsOpen(false);
        onDone(revoked === 1 ? '1 other session was ended.' : `${revoked} other sessions were ended.`);
      },
      onSettled: reloadSessions,
    }),
  );

  return (
    <>
      <button type="button" className="danger" onClick={() => setIsOpen(true)}>
        Sign out all other devices
      </button>
      <ConfirmDialog
        isOpen={isOpen}
        title="Sign out all other devices?"
        action="Sign out all other devices"
        isBusy={revokeOthers.isPending}
        error={revokeOthers.error}
        onConfirm={() => revokeOthers.mutate({ exceptApiAccess: keepsKeys })}
        onClose={() => {
          setIsOpen(false);
          revokeOthers.reset();
        }}
      >
        <p>All your other devices are signed out immediately. This one stays signed in.</p>
        {hasApiKeys && (
          <label className="check">
            <input type="checkbox" checked={keepsKeys} onChange={(event) => setKeepsKeys(event.target.checked)} />
            Keep the API keys
          </label>
        )}
      </ConfirmDialog>
    </>
  );
}
