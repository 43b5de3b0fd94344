import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import type { DurinContext } from 'trpc-durin';
import { authedProcedure, durinRouter, optionalProcedure, searchProcedure, webProcedure } from './auth.ts';

export const t = initTRPC.context<DurinContext & { startedAt: Date }>().create({ transformer: superjson });

export const reportProcedure = t.procedure.concat(authedProcedure);

export const appRouter = t.router({
  auth: durinRouter,
  me: authedProcedure.query(({ ctx }) => ({ user: ctx.user, client: ctx.auth.client.name })),
  publish: webProcedure.mutation(({ ctx }) => ctx.auth.client.name satisfies 'web'),
  report: reportProcedure.query(({ ctx }) => ({ team: ctx.user.team.name, startedAt: ctx.startedAt })),
  hello: optionalProcedure.query(({ ctx }) => ctx.user?.username ?? 'stranger'),
  search: searchProcedure.query(() => []),
});

export type AppRouter = typeof appRouter;
