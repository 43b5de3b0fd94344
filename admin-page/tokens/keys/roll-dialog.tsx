import { Alert, TextField, Typography } from '@mui/material';
import { useState } from 'react';
import type { KeyRollInput } from '../../../src/admin/admin-inputs.ts';
import { trpc } from '../../connection.ts';
import { fieldErrorsOf } from '../../data/call-error.ts';
import type { TokenRecord } from '../../data/tokens.ts';
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx';
import { lifetimeFromText } from '../../text/lifetime.ts';
import type { Issued } from '../issue/issued-token.tsx';

interface RollDialogProps {
  token: TokenRecord;
  onRolled: (rolled: Issued) => void;
  onClose: () => void;
}

/** Creates a key that replaces this one, and asks first how long this one works on. */
export function RollDialog({ token: { id, replacedBy }, onRolled, onClose }: RollDialogProps) {
  const [overlap, setOverlap] = useState('24h');
  const [fault, setFault] = useState<string | null>(null);

  async function roll(): Promise<void> {
    setFault(null);
    try {
      onRolled(
        await trpc.admin.keys.roll.mutate({ id, overlap: lifetimeFromText(overlap) as KeyRollInput['overlap'] }),
      );
    } catch (error) {
      setFault(fieldErrorsOf(error)?.['overlap'] ?? null);
      throw error;
    }
  }
  return (
    <ConfirmDialog
      isOpen
      title="Roll this API key?"
      confirmLabel="Roll key"
      confirmColor="primary"
      onConfirm={roll}
      onClose={onClose}
    >
      <Typography>
        You get a new key with the same name and scopes. This one works until the new one is used for the first time,
        and for the overlap after that.
      </Typography>
      {replacedBy !== null && (
        <Alert severity="warning" sx={{ mt: 2 }}>
          This key was rolled before, and its new key was not used yet. That one ends.
        </Alert>
      )}
      <TextField
        label="Overlap"
        value={overlap}
        onChange={(event) => setOverlap(event.target.value)}
        error={fault !== null}
        helperText={fault ?? 'For example 24h, 7d, or 0s to end this key at the first use of the new one.'}
        slotProps={{ htmlInput: { autoCapitalize: 'none', spellCheck: false } }}
        autoFocus
        sx={{ mt: 2 }}
      />
    </ConfirmDialog>
  );
}
