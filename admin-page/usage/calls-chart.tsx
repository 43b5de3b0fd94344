import { Box, Typography, useTheme } from '@mui/material';
import { BarChart } from '@mui/x-charts/BarChart';
import type { CallDay } from '../../src/admin/admin-views.ts';
import { chartStyle, countAxis, dayAxis, formatDay } from './chart-style.ts';

/** A bar for each day. Its label summarizes it for screen readers. */
export function CallsChart({ days }: { days: readonly CallDay[] }) {
  const hasCalls = days.some(({ calls }) => calls > 0);
  return (
    <Box component="figure" sx={{ m: 0 }} aria-label={summaryOf(days)}>
      {hasCalls ? <Bars days={days} /> : <NoCalls />}
    </Box>
  );
}

/** Stands for the chart, whose axis would have no scale. */
function NoCalls() {
  return (
    <Typography color="textSecondary" sx={{ py: 5, textAlign: 'center' }}>
      No calls in this period.
    </Typography>
  );
}

function Bars({ days }: { days: readonly CallDay[] }) {
  const { palette } = useTheme();
  return (
    <BarChart
      height={220}
      {...chartStyle}
      hideLegend
      borderRadius={2}
      xAxis={[{ scaleType: 'band', ...dayAxis(days) }]}
      yAxis={[countAxis]}
      series={[{ label: 'Calls', data: days.map(({ calls }) => calls), color: palette.primary.main }]}
    />
  );
}

function summaryOf(days: readonly CallDay[]): string {
  const calls = days.reduce((sum, day) => sum + day.calls, 0);
  const [busiest] = days.toSorted((a, b) => b.calls - a.calls);
  if (busiest === undefined || calls === 0) return `No calls in ${days.length} days.`;
  const most = `${busiest.calls.toLocaleString('en')} on ${formatDay(busiest.day)}`;
  return `${calls.toLocaleString('en')} calls in ${days.length} days, at most ${most}.`;
}
