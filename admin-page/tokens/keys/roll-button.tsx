import { Button } from '@mui/material';
import { useState } from 'react';
import type { TokenRecord } from '../../data/tokens.ts';
import type { Issued } from '../issue/issued-token.tsx';
import { RollDialog } from './roll-dialog.tsx';

interface RollButtonProps {
  token: TokenRecord;
  onRolled: (rolled: Issued) => void;
}

/** Rolls an API key, after a dialog. */
export function RollButton({ token, onRolled }: RollButtonProps) {
  const [isOpen, setIsOpen] = useState(false);
  return (
    <>
      <Button variant="outlined" color="inherit" onClick={() => setIsOpen(true)}>
        Roll…
      </Button>
      {isOpen && <RollDialog token={token} onRolled={onRolled} onClose={() => setIsOpen(false)} />}
    </>
  );
}
