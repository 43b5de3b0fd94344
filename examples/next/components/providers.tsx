'use client';

import { QueryClientProvider } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import superjson from 'superjson';
import { createDurinClient } from 'trpc-durin/client';
import type { AppRouter } from '@/server/router.ts';
import { DurinProvider, TRPCProvider } from '@/trpc/context.ts';
import { createQueryClient } from '@/trpc/query-client.ts';
import { FollowSession } from './follow-session.tsx';
import type { Session } from './session.ts';

interface Props {
  /** The session that the server has found, so that the first HTML shows it. */
  session: Session | null;
  children: ReactNode;
}

/** Creates the clients. On a server each request has its own: one that is shared would mix up the users. */
export function Providers({ session, children }: Props) {
  const [queryClient] = useState(createQueryClient);
  const [{ trpc, auth }] = useState(() =>
    createDurinClient<AppRouter>({
      url: '/api/trpc',
      transformer: superjson,
      path: 'auth',
      client: 'web',
      transport: 'cookie',
      initialSession: session,
    }),
  );

  return (
    <QueryClientProvider client={queryClient}>
      <TRPCProvider trpcClient={trpc} queryClient={queryClient}>
        <DurinProvider auth={auth} session={session}>
          <FollowSession />
          {children}
        </DurinProvider>
      </TRPCProvider>
    </QueryClientProvider>
  );
}
