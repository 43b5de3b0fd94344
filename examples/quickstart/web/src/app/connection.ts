import { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { createDurinClient, webStorage } from 'trpc-durin/client';
import type { AppRouter } from '../../../router.ts';
import { followSession } from '../sessions/follow-session.ts';
import { chosenClient } from '../sign-in/client-choice.ts';

/** The typed client, and who is signed in. */
export const { trpc, auth } = createDurinClient<AppRouter>({
  url: '/trpc',
  path: 'auth',
  client: chosenClient,
  storage: webStorage(() => localStorage),
});

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, refetchInterval: 15_000 }, // a session may be ended from elsewhere at any time
    mutations: { networkMode: 'always' }, // offline they fail, and say so, rather than happen later
  },
});

followSession(auth, queryClient);

/** The options of TanStack's hooks for each procedure. */
export const api = createTRPCOptionsProxy<AppRouter>({ client: trpc, queryClient });
