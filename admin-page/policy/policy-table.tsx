import { Table, TableBody, TableCell, TableContainer, TableHead, TableRow } from '@mui/material';
import { memo } from 'react';
import type { ProcedurePolicy } from '../../src/trpc/policies/policy-of.ts';
import { GuardChip } from './guard-chip.tsx';
import { clientsInWords, freshInWords, scopesInWords } from './policy-words.ts';

const headings = ['Procedure', 'Type', 'Guard', 'Clients', 'API keys', 'Scopes', 'Signed in within', 'Rate'];

/** The policies on wide screens. */
export const PolicyTable = memo(function PolicyTable({ policies }: { policies: readonly ProcedurePolicy[] }) {
  return (
    <TableContainer>
      <Table size="small" aria-label="Who may call each procedure">
        <TableHead>
          <TableRow>
            {headings.map((heading) => (
              <TableCell key={heading}>{heading}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {policies.map((policy) => (
            <TableRow key={policy.path} sx={{ '& .MuiTableCell-root': { py: 1, overflowWrap: 'anywhere' } }}>
              <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                <bdi>{policy.path}</bdi>
              </TableCell>
              <TableCell>{policy.type}</TableCell>
              <TableCell>
                <GuardChip guard={policy.guard} />
              </TableCell>
              <TableCell>{policy.guard === 'open' ? '–' : clientsInWords(policy)}</TableCell>
              <TableCell>{policy.keys ? 'yes' : '–'}</TableCell>
              <TableCell>{scopesInWords(policy) || '–'}</TableCell>
              <TableCell>{freshInWords(policy) || '–'}</TableCell>
              <TableCell>{policy.rate ?? '–'}</TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
});
