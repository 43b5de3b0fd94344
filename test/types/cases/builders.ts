import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import type { DurinContext, DurinRequest } from '../../../src/index.ts';
import { type AnyName, durin } from './app.ts';
import { same } from './same.ts';

type UserView = Awaited<ReturnType<typeof durin.authenticate>>['user'];

interface Db {
  report(userId: number): Promise<string[]>;
}
interface Meta {
  description: string;
}
const t = initTRPC
  .context<DurinContext & { db: Db }>()
  .meta<Meta>()
  .create({ transformer: superjson, errorFormatter: ({ shape }) => ({ ...shape, isOurs: true }) });

// Both at once, or neither.
durin.optionalProcedure.query(({ ctx }) => {
  if (ctx.user === null) {
    same<typeof ctx.auth, null>();
    return null;
  }
  same<typeof ctx.auth.client.name, AnyName>();
  same<typeof ctx.user.username, string>();
  return ctx.user;
});
durin.optionalProcedure.query(({ ctx }) => {
  // @ts-expect-error: it may be null
  void ctx.user.username;
  if (ctx.auth !== null) same<typeof ctx.user.username, string>();
});
durin.throttledProcedure({ scope: 'search', rate: '10/m' }).query(({ ctx }) => {
  // @ts-expect-error: it may be null
  void ctx.auth.client;
  if (ctx.user !== null) same<typeof ctx.auth.client.name, AnyName>();
});
// @ts-expect-error: no such unit
durin.throttledProcedure({ scope: 'search', rate: '10/minute' });
// @ts-expect-error: the scope is missing
durin.throttledProcedure({ rate: '10/m' });

durin.procedure.query(({ ctx }) => {
  same<typeof ctx.durin, DurinRequest>();
  // @ts-expect-error: nobody was asked who they are
  void ctx.user;
});

// Onto the app's own procedures: both contexts, and the app's meta.
export const appRouter = t.router({
  auth: durin.durinRouter,
  report: t.procedure.concat(durin.authedProcedure).query(({ ctx }) => ctx.db.report(ctx.user.id)),
  publish: t.procedure
    .meta({ description: 'of the app' })
    .concat(durin.clientProcedure(['web']))
    .meta({ description: 'again' })
    .mutation(({ ctx }) => ctx.auth.client.name satisfies 'web'),
  search: t.procedure
    .concat(durin.throttledProcedure({ scope: 'search', rate: '10/m' }))
    .query(({ ctx }) => (ctx.user === null ? null : ctx.db.report(ctx.user.id))),
  invite: t.procedure
    .concat(durin.guardedProcedure({ clients: ['web'], rate: '5/m' }))
    .mutation(({ ctx }) => ctx.db.report(ctx.user.id)),
  me: durin.authedProcedure.query(({ ctx }) => ctx.user),
});
// @ts-expect-error: the app's meta is still checked
t.procedure.concat(durin.authedProcedure).meta({ descriptoin: 'typo' });

const other = initTRPC.context<{ db: Db }>().create();
// @ts-expect-error: a context without durin's part
other.procedure.concat(durin.authedProcedure);

// What createContext gives fits, with what the app adds.
export const createContext = (call: Parameters<typeof durin.createContext>[0]): DurinContext & { db: Db } => ({
  ...durin.createContext(call),
  db: { report: async () => [] },
});
// It also fits adapters that require a context with an index signature, as @hono/trpc-server does.
export const plainContext: (call: { req: Request }) => Record<string, unknown> = durin.createContext;
const caller = appRouter.createCaller(createContext({}));
same<Awaited<ReturnType<typeof caller.me>>, UserView>();
same<Awaited<ReturnType<typeof caller.report>>, string[]>();
