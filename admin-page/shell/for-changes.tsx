import type { ReactNode } from 'react';
import { useMayChange } from '../data/admin-role.ts';

/** What changes something. Left out for an admin who may only read. */
export function ForChanges({ children }: { children: ReactNode }) {
  return useMayChange() ? children : null;
}
