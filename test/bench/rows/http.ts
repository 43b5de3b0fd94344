import { getRequest, openLoad } from '../http-load.ts';
import { type Extent, sideBySide } from '../measure.ts';
import { openServer } from '../processes/open-server.ts';
import { type Row, rateRow } from '../table.ts';

/** Connections at once. */
const width = 32;

/**
 * A guarded call over HTTP against the same call unguarded, behind a guard that does nothing, and on a server without trpc-durin:
 * all of them by one process.
 */
export async function benchHttp(
  url: string,
  tokens: readonly string[],
  kind: 'uncached' | 'cached',
  extent: Extent,
): Promise<Row[]> {
  const server = await openServer('processes/durin-server.ts', url, kind);
  const [durin, bare] = [await openLoad(server.ports['durin'], width), await openLoad(server.ports['bare'], width)];
  const calls = (load: typeof durin, path: string) => (count: number) =>
    load.run(count, (index) => getRequest(path, { Authorization: `Token ${tokens[index % tokens.length]}` }));
  await calls(durin, '/guarded')(2 * tokens.length); // so that each is cached, and its use is noted
  const [guarded, scoped, unguarded, idle, bareIdle, bareUnguarded] = await sideBySide(
    {
      'guarded without scopes': calls(durin, '/guarded'),
      scoped: calls(durin, '/scoped'),
      unguarded: calls(durin, '/unguarded'),
      'a guard that does nothing': calls(durin, '/idle'),
      'without trpc-durin, a guard that does nothing': calls(bare, '/idle'),
      'without trpc-durin, unguarded': calls(bare, '/unguarded'),
    },
    extent,
    server.cpuClock,
  );
  durin.close();
  bare.close();
  await server.close();
  if (kind === 'uncached') return [rateRow('guarded call over HTTP, no cache', guarded, unguarded, { atLeast: 0.7 })];
  const work = 'guarded call over HTTP, cached';
  return [
    rateRow(work, guarded, unguarded, { atLeast: 0.9 }),
    rateRow(work, guarded, idle, { atLeast: 0.97 }),
    rateRow('scoped call over HTTP, cached', scoped, guarded, { atLeast: 0.98 }),
    rateRow(work, guarded, bareIdle, null),
    rateRow(work, guarded, bareUnguarded, null),
  ];
}

/** A guarded, cached call over HTTP with `instrumentDurin` against the same call without. */
export async function benchTelemetry(url: string, tokens: readonly string[], extent: Extent): Promise<Row[]> {
  const server = await openServer('processes/telemetry-server.ts', url);
  const load = await openLoad(server.ports['durin'], width);
  const calls = (path: string) => (count: number) =>
    load.run(count, (index) => getRequest(path, { Authorization: `Token ${tokens[index % tokens.length]}` }));
  const paths = ['plain', 'unsampled', 'sampled'] as const;
  for (const path of paths) await calls(`/${path}`)(2 * tokens.length); // so that each is cached
  const [plain, unsampled, sampled] = await sideBySide(
    {
      'without OpenTelemetry': calls('/plain'),
      'with OpenTelemetry, spans not sampled': calls('/unsampled'),
      'with OpenTelemetry, every span recorded': calls('/sampled'),
    },
    extent,
    server.cpuClock,
  );
  load.close();
  await server.close();
  const work = 'guarded call over HTTP, cached, instrumented';
  return [
    rateRow(`${work}, no span sampled`, unsampled, plain, { atLeast: 0.98 }),
    rateRow(`${work}, every span recorded`, sampled, plain, { atLeast: 0.98 }),
  ];
}
