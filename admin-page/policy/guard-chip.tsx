import { Chip } from '@mui/material';
import type { ProcedurePolicy } from '../../src/trpc/policies/policy-of.ts';

/** The guard of a procedure. Open ones stand out. */
export function GuardChip({ guard }: Pick<ProcedurePolicy, 'guard'>) {
  switch (guard) {
    case 'open':
      return <Chip label="open" size="small" color="error" variant="outlined" sx={{ fontWeight: 650 }} />;
    case 'optional':
      return <Chip label="optional" size="small" color="primary" variant="outlined" />;
    case 'guarded':
      return 'guarded';
  }
}
