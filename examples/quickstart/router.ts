import { initTRPC } from '@trpc/server';
import type { DurinContext } from 'trpc-durin';
import type { DurinAdmin } from 'trpc-durin/admin';
import { z } from 'zod';
import type { Auth } from './auth.ts';

const t = initTRPC.context<DurinContext>().create();

export type AppRouter = ReturnType<typeof createAppRouter>;

/** The app's API: durin's procedures under `auth` and `admin`, and one procedure of each kind. */
export function createAppRouter(auth: Auth, { adminRouter }: DurinAdmin) {
  const { durinRouter, procedure, authedProcedure, clientProcedure, throttledProcedure } = auth;
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
      .mutation(({ ctx, input }) => `${ctx.user.username} published "${input.title}"`),

    deploy: clientProcedure(['cli']).mutation(({ ctx }) => `${ctx.user.username} deployed from a terminal`),

    changeSettings: clientProcedure.except(['api']).mutation(({ ctx }) => `changed from ${ctx.auth.client.name}`),

    rollDice: throttledProcedure({ scope: 'dice', rate: '3/m' }).query(() => 1 + Math.floor(Math.random() * 6)),
  });
}
