import { Button } from '@mui/material';
import { useState } from 'react';
import type { TokenRecord } from '../../data/tokens.ts';
import { RenameDialog } from './rename-dialog.tsx';

interface RenameButtonProps {
  token: TokenRecord;
  onRenamed: () => void;
}

/** Renames an API key, in a dialog. */
export function RenameButton({ token, onRenamed }: RenameButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="outlined" color="inherit" onClick={() => setIsOpen(true)}>
        Rename…
      </Button>
      {isOpen && <RenameDialog token={token} onRenamed={onRenamed} onClose={() => setIsOpen(false)} />}
    </>
  );
}
