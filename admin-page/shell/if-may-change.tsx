import { Alert } from '@mui/material';
import type { ReactNode } from 'react';
import { readOnlySentence } from '../../src/values/read-only-sentence.ts';
import { useAdminRole } from '../data/admin-role.ts';

interface IfMayChangeProps {
  /** What changes something. */
  children: ReactNode;
  /** What an admin who may only read sees instead. Default: nothing */
  otherwise?: ReactNode;
}

/** Shows what changes something to admins who may. The server refuses it to others anyway. Shows nothing while the role is not known. */
export function IfMayChange({ children, otherwise = null }: IfMayChangeProps) {
  const role = useAdminRole();
  if (role === null) return null;
  return role === 'admin' ? children : otherwise;
}

/** Stands for a view that does nothing but change something. */
export const readOnlyNotice = <Alert severity="info">{readOnlySentence}</Alert>;
