import Add from '@mui/icons-material/Add';
import { Box, Table, TableBody, TableCell, TableContainer, TableHead, TableRow, Typography } from '@mui/material';
import { Link } from 'react-admin';
import type { ClientUsage } from '../../src/admin/admin-views.ts';
import { IfMayChange } from '../shell/if-may-change.tsx';
import { LinkButton } from '../shell/link-button.tsx';
import { tokenListPath } from '../tokens/token-list-path.ts';

/** How many tokens were used in the last … */
const periods = [
  ['activeDay', '24 hours', '24 h'],
  ['activeWeek', '7 days', '7 d'],
  ['activeMonth', '30 days', '30 d'],
] as const;

const counts = ['tokens', ...periods.map(([key]) => key)] as const;

/** The clients, the most used in the last 30 days first. */
export function ClientUsageTable({ usage }: { usage: readonly ClientUsage[] }) {
  if (usage.length === 0) return <NoClients />;
  const sorted = usage.toSorted((a, b) => b.activeMonth - a.activeMonth || b.tokens - a.tokens);
  return (
    <TableContainer>
      <Table aria-label="Tokens of each client, and how many of them were used recently" size="small">
        <TableHead sx={{ '& .MuiTableCell-root': { px: { xs: 1.25, md: 2 } } }}>
          <TableRow>
            <TableCell rowSpan={2}>Client</TableCell>
            <TableCell rowSpan={2} align="right">
              Tokens
            </TableCell>
            <TableCell colSpan={periods.length} scope="colgroup" align="center" sx={{ py: 0.75 }}>
              Used in the last
            </TableCell>
          </TableRow>
          <TableRow>
            {periods.map(([key, label, shortLabel]) => (
              <TableCell key={key} align="right" sx={{ py: 0.75 }}>
                <Box component="span" sx={{ display: { xs: 'none', md: 'inline' } }}>
                  {label}
                </Box>
                <Box component="span" sx={{ display: { md: 'none' } }}>
                  {shortLabel}
                </Box>
              </TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {sorted.map((client) => (
            <TableRow key={client.client} sx={{ '& .MuiTableCell-root': { py: 1.25, px: { xs: 1.25, md: 2 } } }}>
              <TableCell component="th" scope="row" sx={{ minWidth: 84, overflowWrap: 'anywhere' }}>
                <Link to={tokenListPath({ client: client.client })} sx={{ fontWeight: 600 }}>
                  <bdi>{client.client}</bdi>
                </Link>
              </TableCell>
              {counts.map((key) => (
                <TableCell key={key} align="right" sx={{ fontVariantNumeric: 'tabular-nums' }}>
                  {client[key].toLocaleString('en')}
                </TableCell>
              ))}
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function NoClients() {
  return (
    <Box sx={{ p: 5, textAlign: 'center' }}>
      <Typography color="textSecondary" sx={{ mb: 2 }}>
        There are no clients yet, so nobody can sign in.
      </Typography>
      <IfMayChange>
        <LinkButton to="/clients/create" color="primary" variant="contained" startIcon={<Add />}>
          New client
        </LinkButton>
      </IfMayChange>
    </Box>
  );
}
