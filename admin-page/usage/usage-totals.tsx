import { Box, Card, Typography } from '@mui/material';
import type { ClientUsage } from '../../src/admin/admin-views.ts';

const totals = [
  ['tokens', 'Tokens'],
  ['activeDay', 'Used in 24 hours'],
  ['activeWeek', 'Used in 7 days'],
  ['activeMonth', 'Used in 30 days'],
] as const;

/** The totals of all clients. */
export function UsageTotals({ usage }: { usage: readonly ClientUsage[] }) {
  return (
    <Box
      component="dl"
      sx={{ m: 0, display: 'grid', gap: 2, gridTemplateColumns: { xs: '1fr 1fr', md: 'repeat(4, 1fr)' } }}
    >
      {totals.map(([key, label]) => (
        <Card key={key} sx={{ p: 2 }}>
          <Typography component="dt" variant="body2" color="textSecondary">
            {label}
          </Typography>
          <Typography component="dd" sx={{ m: 0, fontSize: '1.625rem', fontWeight: 650, lineHeight: 1.2 }}>
            {usage.reduce((sum, client) => sum + client[key], 0).toLocaleString('en')}
          </Typography>
        </Card>
      ))}
    </Box>
  );
}
