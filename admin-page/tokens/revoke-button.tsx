import { Button } from '@mui/material';
import { createContext, type ReactNode, useContext, useState } from 'react';
import type { TokenRecord } from '../data/tokens.ts';
import { RevokeDialog } from './revoke-dialog.tsx';

const RevokeContext = createContext<(token: TokenRecord) => void>(() => undefined);

/** Wraps the list, so that the dialog stays open while the list changes its form or cannot be loaded again. */
export function RevokeDialogProvider({ children }: { children: ReactNode }) {
  const [token, setToken] = useState<TokenRecord | null>(null);
  return (
    <RevokeContext value={setToken}>
      {children}
      {token !== null && <RevokeDialog key={token.id} token={token} onClose={() => setToken(null)} />}
    </RevokeContext>
  );
}

export function RevokeButton({ token }: { token: TokenRecord }) {
  const openDialog = useContext(RevokeContext);
  const { user, client, name } = token;
  return (
    <Button
      size="small"
      color="error"
      onClick={() => openDialog(token)}
      aria-label={`Revoke… the token of ${user.label} on ${client}${name === null ? '' : `, ${name}`}`}
      sx={{ flexShrink: 0 }}
    >
      Revoke…
    </Button>
  );
}
