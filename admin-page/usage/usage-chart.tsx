import { Box, Typography, useTheme } from '@mui/material';
import { LineChart } from '@mui/x-charts/LineChart';
import type { UsageDay } from '../../src/admin/admin-views.ts';
import { countAxis } from './count-axis.ts';
import { daysToDraw } from './days-to-draw.ts';

const shortDay = new Intl.DateTimeFormat('en', { month: 'short', day: 'numeric', timeZone: 'UTC' });
const longDay = new Intl.DateTimeFormat('en', { dateStyle: 'medium', timeZone: 'UTC' });

/** A chart of tokens issued and last used per day. Its label summarizes it for screen readers. */
export function UsageChart({ days }: { days: readonly UsageDay[] }) {
  const drawn = daysToDraw(days);
  return (
    <Box component="figure" sx={{ m: 0 }} aria-label={summaryOf(days)}>
      {drawn.length < 2 ? <FirstDay today={drawn[0]} /> : <Lines days={drawn} />}
    </Box>
  );
}

/** Stands for the chart while there is nothing to compare. */
function FirstDay({ today }: { today: UsageDay | undefined }) {
  const text =
    today === undefined
      ? 'No token was issued or used in this period.'
      : `Issued today: ${today.issued.toLocaleString('en')}. Last used today: ${today.lastUsed.toLocaleString('en')}. The chart begins tomorrow.`;
  return (
    <Typography color="textSecondary" sx={{ py: 5, textAlign: 'center' }}>
      {text}
    </Typography>
  );
}

function Lines({ days }: { days: readonly UsageDay[] }) {
  const { palette } = useTheme();
  return (
    <LineChart
      height={260}
      margin={{ left: 0, right: 22, top: 12, bottom: 0 }}
      grid={{ horizontal: true }}
      skipAnimation
      xAxis={[
        {
          scaleType: 'point',
          data: days.map(({ day }) => day),
          valueFormatter: (day: string, { location }) =>
            (location === 'tick' ? shortDay : longDay).format(new Date(day)),
          tickLabelMinGap: 16,
          disableLine: true,
          disableTicks: true,
        },
      ]}
      yAxis={[countAxis]}
      series={[
        {
          label: 'Last used',
          data: days.map(({ lastUsed }) => lastUsed),
          color: palette.primary.main,
          showMark: false,
          curve: 'linear',
          area: true,
        },
        {
          label: 'Issued',
          data: days.map(({ issued }) => issued),
          color: palette.mode === 'dark' ? '#e2b36b' : '#a8650c',
          showMark: false,
          curve: 'linear',
        },
      ]}
      sx={{ '& .MuiLineChart-area, & .MuiAreaElement-root': { fillOpacity: 0.14 } }}
    />
  );
}

function summaryOf(days: readonly UsageDay[]): string {
  const issued = days.reduce((sum, day) => sum + day.issued, 0);
  const lastUsed = days.reduce((sum, day) => sum + day.lastUsed, 0);
  return `In ${days.length} days, ${issued} tokens were issued and ${lastUsed} were last used.`;
}
