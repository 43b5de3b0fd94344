import { EventEmitter, on } from 'node:events';
import { tracked } from '@trpc/server';
import { observable } from '@trpc/server/observable';
import { createDurin } from '../../../src/index.ts';
import { openApp, t } from '../../support/app.ts';

async function* untilAborted(signal: AbortSignal) {
  yield 'open';
  await new Promise((resolve) => signal.addEventListener('abort', resolve));
  yield 'too late';
}

/** An app with a feed that a test publishes to, and the ways in which procedures stream it. */
export async function openStreamApp() {
  const app = await openApp();
  // By the real clock: timers end what expires.
  const durin = createDurin({
    ...app.options,
    now: Date.now,
    scopes: ['feed'],
    scopesOf: ({ role }) => (role === 'suspended' ? [] : 'all'),
    apiAccess: { clientName: 'api' },
  });
  const feed = new EventEmitter();
  const open = new Set<string>();

  /** Runs while something streams, which `open` then names. */
  async function* whileOpen<T>(name: string, values: AsyncIterable<T>) {
    open.add(name);
    try {
      yield* values;
    } finally {
      open.delete(name);
    }
  }

  async function* events(ended: AbortSignal, left?: AbortSignal) {
    yield 'open';
    const signal = left === undefined ? ended : AbortSignal.any([ended, left]);
    for await (const [event] of on(feed, 'event', { signal })) yield event as string;
  }

  const { guardedProcedure } = durin;
  const procedure = guardedProcedure({ scopes: ['feed'] });
  const router = t.router({
    auth: durin.durinRouter,
    generator: procedure.subscription(({ ctx, signal }) => whileOpen('generator', events(ctx.auth.ended, signal))),
    waiting: procedure.subscription(async function* ({ ctx }) {
      yield* whileOpen('waiting', untilAborted(ctx.auth.ended));
    }),
    observable: procedure.subscription(() =>
      observable<string>((emit) => {
        open.add('observable');
        emit.next('open');
        const pass = (event: string) => emit.next(event);
        feed.on('event', pass);
        return () => {
          feed.off('event', pass);
          open.delete('observable');
        };
      }),
    ),
    tracked: procedure.subscription(async function* ({ ctx, signal }) {
      let id = 0;
      for await (const event of events(ctx.auth.ended, signal)) {
        id += 1;
        yield tracked(String(id), event);
      }
    }),
    answer: procedure.query(({ ctx, signal }) => whileOpen('answer', events(ctx.auth.ended, signal))),
    later: procedure.query(({ ctx }) => ({
      now: 'open',
      later: new Promise<string>((resolve) => {
        ctx.auth.ended.addEventListener('abort', () => resolve('too late'));
      }),
    })),
    untilEnded: procedure.mutation(async ({ ctx: { auth } }) => {
      open.add('untilEnded');
      await new Promise((resolve) => auth.ended.addEventListener('abort', resolve));
      open.delete('untilEnded');
      return (auth.ended.reason as { durin: { code: string } }).durin.code;
    }),
  });

  return {
    ...app,
    durin,
    router,
    /** The names of the streams of the app that are open. */
    open,
    publish: (event: string) => feed.emit('event', event),
    listeners: () => feed.listenerCount('event'),
    async signIn(client: 'web' | 'cli' | 'api' = 'web', ttl?: string) {
      const { token, auth } = await durin.tokens.issue({
        user: 1,
        client,
        ...(ttl !== undefined && { ttl: ttl as '1s' }),
      });
      return { token, id: auth.id };
    },
    async close() {
      await durin.close();
      await app.close();
    },
  };
}

export type StreamApp = Awaited<ReturnType<typeof openStreamApp>>;
export type StreamRouter = StreamApp['router'];
