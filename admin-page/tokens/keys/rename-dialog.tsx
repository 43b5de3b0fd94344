import { TextField, Typography } from '@mui/material';
import { useState } from 'react';
import { trpc } from '../../connection.ts';
import { fieldErrorsOf } from '../../data/call-error.ts';
import type { TokenRecord } from '../../data/tokens.ts';
import { ConfirmDialog } from '../../shell/confirm-dialog.tsx';

interface RenameDialogProps {
  token: TokenRecord;
  onRenamed: () => void;
  onClose: () => void;
}

/** Asks for another name of an API key. Programs that use the key notice nothing. */
export function RenameDialog({ token: { id, name: oldName, user }, onRenamed, onClose }: RenameDialogProps) {
  const [name, setName] = useState(oldName ?? '');
  const [fault, setFault] = useState<string | null>(null);

  async function rename(): Promise<void> {
    setFault(null);
    try {
      await trpc.admin.keys.rename.mutate({ id, name });
      onRenamed();
    } catch (error) {
      setFault(fieldErrorsOf(error)?.['name'] ?? null);
      throw error;
    }
  }
  return (
    <ConfirmDialog
      isOpen
      title="Rename this API key?"
      confirmLabel="Rename key"
      confirmColor="primary"
      onConfirm={rename}
      onClose={onClose}
    >
      <Typography>
        <bdi>{user.label}</bdi> sees the new name in the list of keys. Programs that use the key are not affected.
      </Typography>
      <TextField
        label="Name"
        value={name}
        onChange={(event) => setName(event.target.value)}
        error={fault !== null}
        helperText={fault ?? 'At most 64 characters.'}
        slotProps={{ htmlInput: { dir: 'auto', maxLength: 64, autoComplete: 'off' } }}
        autoFocus
        sx={{ mt: 2 }}
      />
    </ConfirmDialog>
  );
}
