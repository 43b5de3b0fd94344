import { AlwaysOffSampler, BasicTracerProvider, BatchSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { initTRPC } from '@trpc/server';
import { createHTTPServer } from '@trpc/server/adapters/standalone';
import { createDurin, type DurinContext } from '../../../src/index.ts';
import { instrumentDurin } from '../../../src/opentelemetry/index.ts';
import { openBenchApp } from '../bench-app.ts';
import { AuthToken, Client, User } from '../entities.ts';
import { secret } from '../population.ts';
import { serve } from './serve.ts';

// Runs in a process of its own. Serves the same guarded call without OpenTelemetry, and with it, sampled and not.
const [, , url = ''] = process.argv;
const app = await openBenchApp(url);
const exportNothing = {
  export: (_spans: unknown, done: (result: { code: number }) => void) => done({ code: 0 }),
  shutdown: async () => {},
};
const t = initTRPC.context<DurinContext>().create();

function openDurin(tracerProvider: BasicTracerProvider | null) {
  const { orm } = app;
  const entities = { User, Client, AuthToken };
  const durin = createDurin({ orm, entities, secret, verifyCredentials: () => null, cache: { ttl: '1h' } });
  if (tracerProvider !== null) instrumentDurin(durin, { tracerProvider });
  return durin;
}

const spanProcessors = [new BatchSpanProcessor(exportNothing)];
const durins = {
  plain: openDurin(null),
  unsampled: openDurin(new BasicTracerProvider({ sampler: new AlwaysOffSampler(), spanProcessors })),
  sampled: openDurin(new BasicTracerProvider({ spanProcessors })),
};
const server = createHTTPServer({
  router: t.router({
    plain: durins.plain.authedProcedure.query(() => 'pong'),
    unsampled: durins.unsampled.authedProcedure.query(() => 'pong'),
    sampled: durins.sampled.authedProcedure.query(() => 'pong'),
  }),
  // Each durin knows the contexts that it created.
  createContext: ({ req, info }) => {
    const path = (info?.calls[0]?.path ?? 'plain') as keyof typeof durins;
    return durins[path].createContext({ req });
  },
});
await serve({ durin: server }, {}, async () => {
  await Promise.all(Object.values(durins).map((durin) => durin.close()));
  await app.close();
});
