import { initTRPC } from '@trpc/server';
import type { DurinContext } from 'trpc-durin';
import { durin } from './auth.ts';

const t = initTRPC.context<DurinContext>().create();

export const appRouter = t.router({
  auth: durin.durinRouter,
  whoami: durin.authedProcedure.query(({ ctx }) => `${ctx.user.username} on ${ctx.auth.client.name}`),
});

export type AppRouter = typeof appRouter;
