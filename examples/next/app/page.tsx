import { dehydrate, HydrationBoundary } from '@tanstack/react-query';
import { redirect } from 'next/navigation';
import { DevicesCard } from '@/components/devices-card.tsx';
import { SessionCard } from '@/components/session-card.tsx';
import { getCaller, getSession, openPrefetch } from '@/server/session.ts';

/** The page of a user who is signed in. */
export default async function Home() {
  if ((await getSession()) === null) redirect('/sign-in');

  const caller = await getCaller();
  const { queryClient, api } = await openPrefetch();
  await queryClient.prefetchQuery(api.auth.sessions.list.queryOptions());

  return (
    <HydrationBoundary state={dehydrate(queryClient)}>
      <SessionCard greeting={<h1>{await caller.greeting()}</h1>} />
      <DevicesCard />
    </HydrationBoundary>
  );
}
