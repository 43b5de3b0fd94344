import 'server-only';
import { createTRPCOptionsProxy } from '@trpc/tanstack-react-query';
import { cookies, headers } from 'next/headers';
import { cache } from 'react';
import { createQueryClient } from '@/trpc/query-client.ts';
import { openApp } from './app.ts';

/** The context of this request for server components, which cannot set cookies. All of them share it. */
const getContext = cache(async () => {
  const requestHeaders = await headers(); // first: while Next builds there is no request, and it stops here
  const { durin } = await openApp();
  return durin.contextFrom(requestHeaders);
});

/** Calls procedures from server components, as the user who is signed in. */
export const getCaller = cache(async () => {
  const context = await getContext();
  return (await openApp()).router.createCaller(context);
});

/** Who is signed in. `null`: nobody. */
export const getSession = cache(async () => (await getCaller()).auth.session());

/** Prefetches queries for the components of a page that run in the browser. */
export async function openPrefetch() {
  const ctx = await getContext();
  const { router } = await openApp();
  const queryClient = createQueryClient();
  return { queryClient, api: createTRPCOptionsProxy({ ctx, router, queryClient }) };
}

/** Calls procedures from a server action, which may set cookies. */
export async function getActionCaller() {
  const [requestHeaders, store] = await Promise.all([headers(), cookies()]);
  const { durin, router } = await openApp();
  return router.createCaller(
    durin.contextFrom(requestHeaders, { setCookie: (...cookie) => void store.set(...cookie) }),
  );
}
