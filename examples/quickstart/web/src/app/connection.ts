import { QueryClient } from '@tanstack/react-query';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { createDurinClient, webStorage } from 'trpc-durin/client';
import { createReauthentication } from 'trpc-durin/react';
import type { AppRouter } from '../../../router.ts';
import { followSession } from '../sessions/follow-session.ts';
import { chosenClient } from '../sign-in/client-choice.ts';

/** Asks for the password before what needs a recent sign-in. `ConfirmIdentity` shows the question. */
export const reauthentication = createReauthentication<AppRouter>();

/** The typed client and its session. */
export const { trpc, auth } = createDurinClient<AppRouter>({
  url: '/trpc',
  path: 'auth',
  client: chosenClient,
  storage: webStorage(() => localStorage),
  onReauthenticate: reauthentication.onReauthenticate,
});

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, refetchInterval: 15_000 }, // another device may change the sessions at any time
    mutations: { networkMode: 'always' }, // offline they fail immediately instead of running later
  },
});

followSession(auth, queryClient);

/** The options for TanStack Query's hooks, per procedure. */
export const api = createTRPCOptionsProxy<AppRouter>({ client: trpc, queryClient });
