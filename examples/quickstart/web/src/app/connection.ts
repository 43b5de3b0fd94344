import { QueryClient } from '@tanstack/react-query';
import { createTRPCClient, httpLink, httpSubscriptionLink, splitLink } from '@trpc/client';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { EventSource } from 'eventsource';
import { createDurinLink, refuseRedirects, webStorage } from 'trpc-durin/client';
import { createReauthentication } from 'trpc-durin/react';
import type { AppRouter } from '../../../router.ts';
import { createLiveStream } from '../live/live-stream.ts';
import { followSession } from '../sessions/follow-session.ts';
import { chosenClient } from '../sign-in/client-choice.ts';

/** Asks for the password before what needs a recent sign-in. `ConfirmIdentity` shows the question. */
export const reauthentication = createReauthentication<AppRouter>();

const url = '/trpc';
const { link, headers, auth } = createDurinLink<AppRouter>({
  path: 'auth',
  client: chosenClient,
  storage: webStorage(() => localStorage),
  onReauthenticate: reauthentication.onReauthenticate,
});

/** Server-sent events, with the token in a header. The browser's own EventSource can send none. */
const events = httpSubscriptionLink<AppRouter, typeof EventSource>({
  url,
  EventSource,
  eventSourceOptions: ({ op }) => ({
    fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, ...headers({ op }) } }),
  }),
});

/** The typed client. Without subscriptions, `createDurinClient` creates it with its session. */
export const trpc = createTRPCClient<AppRouter>({
  links: [
    link,
    splitLink({
      condition: ({ type }) => type === 'subscription',
      true: events,
      false: httpLink({ url, headers, fetch: refuseRedirects() }),
    }),
  ],
});
auth.connect(trpc);

/** The session. */
export { auth };

export const queryClient = new QueryClient({
  defaultOptions: {
    queries: { retry: false, refetchInterval: 15_000 }, // another device may change the sessions at any time
    mutations: { networkMode: 'always' }, // offline they fail immediately instead of running later
  },
});

followSession(auth, queryClient);

/** What the user does, live, until the session ends. */
export const liveStream = createLiveStream(auth, (handlers) => trpc.activity.subscribe(undefined, handlers));

/** The options for TanStack Query's hooks, per procedure. */
export const api = createTRPCOptionsProxy<AppRouter>({ client: trpc, queryClient });
