import { initTRPC } from '@trpc/server';
import type { DurinContext } from 'trpc-durin';
import type { DurinAdmin } from 'trpc-durin/admin';
import { z } from 'zod';
import { type Activity, createActivityFeed } from './activity.ts';
import type { Auth } from './auth.ts';

const t = initTRPC.context<DurinContext>().create();

export type AppRouter = ReturnType<typeof createAppRouter>;

/** The app's API: durin's procedures under `auth` and `admin`, and procedures of each kind. API keys reach only `reports`. */
export function createAppRouter(auth: Auth, { adminRouter }: DurinAdmin) {
  const { durinRouter, procedure, authedProcedure, clientProcedure, guardedProcedure, throttledProcedure } = auth;
  const feed = createActivityFeed(auth);
  return t.router({
    auth: durinRouter,
    admin: adminRouter,

    hello: procedure.query(() => 'Hello, whoever you are!'),

    whoami: authedProcedure.query(({ ctx }) => ({
      username: ctx.user.username,
      client: ctx.auth.client.name,
      expiresIn: ctx.auth.expiresIn,
    })),

    publish: clientProcedure(['web'])
      .input(z.object({ title: z.string() }))
      .mutation(({ ctx, input }) => {
        feed.record(ctx.user.id, `published "${input.title}"`);
        return `${ctx.user.username} published "${input.title}"`;
      }),

    deploy: clientProcedure(['cli']).mutation(({ ctx }) => `${ctx.user.username} deployed from a terminal`),

    changeSettings: guardedProcedure({ fresh: '10m' }).mutation(({ ctx }) => `changed from ${ctx.auth.client.name}`),

    // Ends in every open page when the session does, whoever ends it: an admin, or a statement in psql.
    activity: authedProcedure.subscription(async function* ({ ctx, signal }): AsyncGenerator<Activity> {
      const ends = AbortSignal.any([ctx.auth.ended, ...(signal ? [signal] : [])]);
      yield { at: new Date().toISOString(), what: `opened this page on ${ctx.auth.client.name}` };
      yield* feed.follow(ctx.user.id, ends);
    }),

    reports: t.router({
      list: guardedProcedure({ scopes: ['reports:read'] }).query(() => ['The Pool of Tears', 'A Caucus-Race']),

      add: guardedProcedure({ scopes: ['reports:write'] })
        .input(z.object({ title: z.string() }))
        .mutation(({ ctx, input }) => `${ctx.user.username} added "${input.title}"`),
    }),

    rollDice: throttledProcedure({ scope: 'dice', rate: '3/m' }).query(() => 1 + Math.floor(Math.random() * 6)),
  });
}
