import { Button } from '@mui/material';
import { createContext, type ReactNode, useContext, useState } from 'react';
import type { TokenRecord } from '../data/tokens.ts';
import { RevokeDialog } from './revoke-dialog.tsx';

const AskContext = createContext<(token: TokenRecord) => void>(() => undefined);

/** Around the list, so that the question stays where the list changes its shape. */
export function RevokeQuestion({ children }: { children: ReactNode }) {
  const [token, setToken] = useState<TokenRecord | null>(null);
  return (
    <AskContext value={setToken}>
      {children}
      {token !== null && <RevokeDialog key={token.id} token={token} onClose={() => setToken(null)} />}
    </AskContext>
  );
}

export function RevokeButton({ token }: { token: TokenRecord }) {
  const ask = useContext(AskContext);
  const { user, client } = token;
  return (
    <Button
      size="small"
      color="error"
      onClick={() => ask(token)}
      aria-label={`Revoke… the token of ${user.label} on ${client}`}
      sx={{ flexShrink: 0 }}
    >
      Revoke…
    </Button>
  );
}
