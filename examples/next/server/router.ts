import { initTRPC } from '@trpc/server';
import superjson from 'superjson';
import { type DurinContext, isDurinError } from 'trpc-durin';
import type { Auth } from './auth.ts';

const t = initTRPC.context<DurinContext>().create({
  transformer: superjson,
  errorFormatter: ({ shape, error }) =>
    isDurinError(error) ? { ...shape, data: { ...shape.data, durin: error.durin } } : shape,
});

export type AppRouter = ReturnType<typeof createAppRouter>;

export function createAppRouter({ durinRouter, authedProcedure }: Auth) {
  return t.router({
    auth: durinRouter,
    greeting: authedProcedure.query(({ ctx }) => `Hello, ${ctx.user.username}`),
  });
}
