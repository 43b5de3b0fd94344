import { MikroORM } from '@mikro-orm/postgresql';
import { initTRPC } from '@trpc/server';
import { createDurin, type DurinContext, type DurinProcedures } from '../../../src/index.ts';
import { requiredOptions } from '../../support/app.ts';
import { createClock } from '../../support/clock.ts';
import { entities } from '../../support/entities.ts';

/** No server listens there, so whatever needs the database fails. */
const orm = new MikroORM({ entities, clientUrl: 'postgresql://durin@127.0.0.1:1/none' });

export type ActingApp = ReturnType<typeof createActingApp>;

export type ActingTypes = ActingApp['durin'] extends DurinProcedures<infer TApp> ? TApp : never;

/** An app with scopes and API keys whose database cannot be reached. */
export function createActingApp() {
  const clock = createClock();
  const durin = createDurin({
    ...requiredOptions(orm),
    scopes: ['read', 'write'],
    clients: {
      web: { tokenTtl: '1d', maxLifetime: '2d' },
      cli: { tokenTtl: null, scopes: ['read'] },
      kiosk: { tokenTtl: '1d', idleTtl: '1h' },
      slow: { throttleRate: '2/m' },
      api: { keys: { ttl: '30d', allowedNetworks: ['10.0.0.0/8'] } },
    },
    scopesOf: ({ role }) => (role === 'guest' ? [] : 'all'),
    now: clock,
  });
  const t = initTRPC.context<DurinContext>().create();
  const router = t.router({
    auth: durin.durinRouter,
    me: durin.authedProcedure.query(({ ctx }) => ctx.user),
    session: durin.authedProcedure.query(({ ctx }) => ({ ...ctx.auth })),
    web: durin.clientProcedure(['web']).query(() => 'web'),
    write: durin.scopedProcedure(['write']).query(({ ctx }) => ctx.auth.scopes),
    read: durin.scopedProcedure(['read']).query(({ ctx }) => ctx.auth.scopes),
    fresh: durin.guardedProcedure({ fresh: '10m' }).query(() => 'fresh'),
    rare: durin.guardedProcedure({ rate: '1/m' }).query(() => 'rare'),
    perhaps: durin.optionalProcedure.query(({ ctx }) => ctx.user?.username ?? null),
    ticks: durin.authedProcedure.subscription(async function* ticks({ ctx }) {
      yield 'open';
      await new Promise((resolve) => ctx.auth.ended.addEventListener('abort', resolve));
      yield 'ended';
    }),
  });
  return { durin, clock, router };
}

/** The code of the DurinError that a call is refused with. */
export async function refusalOf(call: Promise<unknown>): Promise<string> {
  try {
    await call;
    return 'none';
  } catch (error) {
    const { durin } = (error as { cause?: { durin?: { code: string } }; durin?: { code: string } }) ?? {};
    return durin?.code ?? String(error);
  }
}
