import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, useState } from 'react';
import { trpc } from '../connection.ts';
import { toChoice } from '../data/to-choice.ts';
import { Choice } from '../shell/choice.tsx';
import { ChartSection } from './chart-section.tsx';
import { LoadedChart } from './loaded-chart.tsx';
import { PeriodInput } from './period-input.tsx';

/** Loaded with the first chart, because the chart library is a third of the page's scripts. */
const UsageChart = lazy(async () => ({ default: (await import('./usage-chart.tsx')).UsageChart }));

const periods = [7, 30, 90, 365] as const;

/** Tokens issued and last used per day, of all clients or of one. */
export function UsageOverTime({ clients }: { clients: readonly string[] }) {
  const [client, setClient] = useState('');
  const [days, setDays] = useState(30);
  const query = useQuery({
    queryKey: ['usage', 'over-time', client, days],
    queryFn: () => trpc.admin.usage.overTime.query({ days, ...(client && { client }) }),
    placeholderData: keepPreviousData,
  });
  return (
    <ChartSection
      id="usage-over-time"
      title="Tokens by day"
      explanation="Existing tokens by the day of issue and the day of last use."
      filters={
        <>
          <Choice
            label="Client"
            all="All clients"
            value={client}
            choices={clients.map(toChoice)}
            onChange={setClient}
            minWidth={130}
          />
          <PeriodInput label="Period" value={days} periods={periods} onChange={setDays} />
        </>
      }
    >
      <LoadedChart query={query} Chart={UsageChart} height={260} />
    </ChartSection>
  );
}
