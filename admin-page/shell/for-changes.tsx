import { Alert } from '@mui/material';
import type { ReactNode } from 'react';
import { useMayChange } from '../data/admin-role.ts';

/** What changes something. Left out for an admin who may only read. */
export function ForChanges({ children }: { children: ReactNode }) {
  return useMayChange() ? children : null;
}

/** A view that does nothing but change something. An admin who may only read gets a sentence instead. */
export function ChangesOnly({ children }: { children: ReactNode }) {
  if (useMayChange()) return children;
  return <Alert severity="info">You may see everything here, and change nothing.</Alert>;
}
