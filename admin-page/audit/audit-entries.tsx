import {
  Stack,
  Table,
  TableBody,
  TableCell,
  TableContainer,
  TableHead,
  TableRow,
  Typography,
  useMediaQuery,
} from '@mui/material';
import type { Theme } from '@mui/material/styles';
import { RelativeTime } from '../text/relative-time.tsx';
import { type AuditEntry, actionInWords, actorInWords, detailsInWords } from './audit-words.ts';

export interface ShownEntry extends AuditEntry {
  readonly id: string;
  /** ISO 8601. */
  readonly at: string;
  readonly user: { readonly label: string } | null;
  readonly client: string | null;
  readonly ipAddress: string | null;
}

interface AuditEntriesProps {
  entries: readonly ShownEntry[];
}

/** The changes: a table, or a list on narrow screens. */
export function AuditEntries({ entries }: AuditEntriesProps) {
  const isNarrow = useMediaQuery((theme: Theme) => theme.breakpoints.down('md'));
  return isNarrow ? <EntryRows entries={entries} /> : <EntryTable entries={entries} />;
}

function EntryTable({ entries }: AuditEntriesProps) {
  return (
    <TableContainer>
      <Table aria-label="Changes of tokens and clients" size="small">
        <TableHead>
          <TableRow>
            {['When', 'Change', 'User', 'Client', 'By', 'Details'].map((heading) => (
              <TableCell key={heading}>{heading}</TableCell>
            ))}
          </TableRow>
        </TableHead>
        <TableBody>
          {entries.map((entry) => (
            <TableRow key={entry.id} sx={{ '& .MuiTableCell-root': { py: 1.25, verticalAlign: 'top' } }}>
              <TableCell sx={{ whiteSpace: 'nowrap' }}>
                <RelativeTime date={entry.at} />
              </TableCell>
              <TableCell component="th" scope="row" sx={{ fontWeight: 600 }}>
                {actionInWords(entry)}
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>
                <bdi>{entry.user?.label}</bdi>
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>
                <bdi>{entry.client}</bdi>
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere' }}>
                <Origin entry={entry} />
              </TableCell>
              <TableCell sx={{ overflowWrap: 'anywhere', maxWidth: 320 }}>
                <Details entry={entry} />
              </TableCell>
            </TableRow>
          ))}
        </TableBody>
      </Table>
    </TableContainer>
  );
}

function EntryRows({ entries }: AuditEntriesProps) {
  return (
    <Stack component="ul" sx={{ listStyle: 'none', m: 0, p: 0 }}>
      {entries.map((entry) => (
        <Stack
          key={entry.id}
          component="li"
          sx={{ px: 2, py: 1.5, borderBottom: 1, borderColor: 'divider', gap: 0.25, overflowWrap: 'anywhere' }}
        >
          <Typography sx={{ fontWeight: 600 }}>{actionInWords(entry)}</Typography>
          <Typography variant="body2">
            {entry.user !== null && (
              <>
                <bdi>{entry.user.label}</bdi> on{' '}
              </>
            )}
            <bdi>{entry.client}</bdi>
          </Typography>
          <Typography variant="body2" color="textSecondary" component="div">
            <RelativeTime date={entry.at} /> by <Origin entry={entry} />
          </Typography>
          <Details entry={entry} />
        </Stack>
      ))}
    </Stack>
  );
}

/** Who made the change, and from where. */
function Origin({ entry }: { entry: ShownEntry }) {
  return (
    <>
      <bdi>{actorInWords(entry)}</bdi>
      {entry.ipAddress !== null && (
        <Typography component="span" variant="body2" color="textSecondary">
          {' '}
          from {entry.ipAddress}
        </Typography>
      )}
    </>
  );
}

function Details({ entry }: { entry: ShownEntry }) {
  return detailsInWords(entry).map((line) => (
    <Typography key={line} variant="body2" color="textSecondary" component="div">
      <bdi>{line}</bdi>
    </Typography>
  ));
}
