import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { lazy, useState } from 'react';
import { trpc } from '../connection.ts';
import { toChoice } from '../data/to-choice.ts';
import { Choice } from '../shell/choice.tsx';
import { ActiveUsers } from './active-users.tsx';
import { ChartSection } from './chart-section.tsx';
import { LoadedChart } from './loaded-chart.tsx';
import { PeriodInput } from './period-input.tsx';

/** Loaded with the chart library, like the chart of tokens. */
const CallsChart = lazy(async () => ({ default: (await import('./calls-chart.tsx')).CallsChart }));

const periods = [7, 30, 90] as const;

/** Calls per day, of all clients or of one, and the most active users. */
export function Calls({ clients }: { clients: readonly string[] }) {
  const [client, setClient] = useState('');
  const [days, setDays] = useState(30);
  const query = useQuery({
    queryKey: ['usage', 'calls', client, days],
    queryFn: async () => (await trpc.admin.usage.calls.query({ days, ...(client && { client }) })) ?? [],
    placeholderData: keepPreviousData,
  });
  return (
    <ChartSection
      id="calls"
      title="Calls by day"
      explanation="Calls that the app's guards let in, per day in UTC."
      filters={
        <>
          <Choice
            label="Client of the calls"
            all="All clients"
            value={client}
            choices={clients.map(toChoice)}
            onChange={setClient}
            minWidth={150}
          />
          <PeriodInput label="Days" value={days} periods={periods} onChange={setDays} />
        </>
      }
    >
      <LoadedChart query={query} Chart={CallsChart} height={220} />
      <ActiveUsers client={client} days={days} />
    </ChartSection>
  );
}
