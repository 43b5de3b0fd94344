import { Button } from '@mui/material';
import { useState } from 'react';
import { useNotify, useRefresh } from 'react-admin';
import { trpc } from '../connection.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { formatCount } from '../text/format-count.ts';

/** Removes expired tokens from the database. */
export function PurgeExpired() {
  const [isOpen, setIsOpen] = useState(false);
  const notify = useNotify();
  const refresh = useRefresh();

  async function purge(): Promise<void> {
    const { purged } = await trpc.admin.tokens.purgeExpired.mutate();
    notify(purged === 0 ? 'There were no expired tokens.' : `${formatCount(purged, 'expired token')} removed.`, {
      type: 'success',
    });
    refresh();
  }
  return (
    <>
      <Button variant="outlined" color="inherit" onClick={() => setIsOpen(true)}>
        Remove expired…
      </Button>
      <ConfirmDialog
        isOpen={isOpen}
        title="Remove expired tokens?"
        confirmLabel="Remove expired"
        onConfirm={purge}
        onClose={() => setIsOpen(false)}
      >
        All expired tokens are removed from the database. They no longer work, so nobody is signed out. This may take a
        while if there are many.
      </ConfirmDialog>
    </>
  );
}
