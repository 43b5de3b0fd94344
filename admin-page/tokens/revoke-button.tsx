import { Button } from '@mui/material';
import { useQuery } from '@tanstack/react-query';
import { createContext, type ReactNode, useContext, useState } from 'react';
import { keyClients } from '../data/app-rights.ts';
import type { TokenRecord } from '../data/tokens.ts';
import { IfMayChange } from '../shell/if-may-change.tsx';
import { RevokeDialog } from './revoke-dialog.tsx';
import { kindOf } from './token-words.ts';

const RevokeContext = createContext<(token: TokenRecord) => void>(() => undefined);

interface RevokeDialogProviderProps {
  children: ReactNode;
  /** Called when the token is revoked. Default: nothing more than loading the view again. */
  onRevoked?: () => void;
}

/** Wraps the view, so that the dialog stays open while the view changes its form or cannot be loaded again. */
export function RevokeDialogProvider({ children, onRevoked }: RevokeDialogProviderProps) {
  const [token, setToken] = useState<TokenRecord | null>(null);
  return (
    <RevokeContext value={setToken}>
      {children}
      {token !== null && (
        <RevokeDialog key={token.id} token={token} onRevoked={onRevoked} onClose={() => setToken(null)} />
      )}
    </RevokeContext>
  );
}

interface RevokeButtonProps {
  token: TokenRecord;
  /** Whether it stands beside other buttons, and not in a row of a list. */
  isOutlined?: boolean;
}

export function RevokeButton({ token, isOutlined = false }: RevokeButtonProps) {
  const { data: withKeys = [] } = useQuery(keyClients);
  const openDialog = useContext(RevokeContext);
  const { user, client, name } = token;
  return (
    <IfMayChange>
      <Button
        size={isOutlined ? 'medium' : 'small'}
        variant={isOutlined ? 'outlined' : 'text'}
        color="error"
        onClick={() => openDialog(token)}
        aria-label={`Revoke… the ${kindOf(token, withKeys)} of ${user.label} on ${client}${name === null ? '' : `, ${name}`}`}
        sx={{ flexShrink: 0 }}
      >
        Revoke…
      </Button>
    </IfMayChange>
  );
}
