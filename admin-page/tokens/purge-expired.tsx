import { Button } from '@mui/material';
import { useState } from 'react';
import { useNotify, useRefresh } from 'react-admin';
import { trpc } from '../connection.ts';
import { ConfirmDialog } from '../shell/confirm-dialog.tsx';
import { countOf } from '../text/count.ts';

/** Removes the rows of expired tokens. */
export function PurgeExpired() {
  const [isOpen, setIsOpen] = useState(false);
  const notify = useNotify();
  const refresh = useRefresh();

  async function purge(): Promise<void> {
    const { purged } = await trpc.admin.tokens.purgeExpired.mutate();
    notify(purged === 0 ? 'There were no expired tokens.' : `${countOf(purged, 'expired token')} removed.`, {
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
        confirm="Remove expired"
        onConfirm={purge}
        onClose={() => setIsOpen(false)}
      >
        All tokens that have expired are removed from the database. They are refused already, so nobody is signed out.
        With many of them it may take a while.
      </ConfirmDialog>
    </>
  );
}
