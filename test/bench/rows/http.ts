import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { getRequest, openLoad } from '../http-load.ts';
import { type Extent, sideBySide } from '../measure.ts';
import { type Row, rateRow } from '../table.ts';

/** Connections at once. */
const width = 32;

const kinds = {
  uncached: { work: 'guarded call over HTTP, no cache', atLeast: 0.7 },
  cached: { work: 'guarded call over HTTP, cached', atLeast: 0.9 },
};

/** A guarded call over HTTP against the same call unguarded, by one server process. */
export async function benchHttp(
  url: string,
  tokens: readonly string[],
  kind: keyof typeof kinds,
  extent: Extent,
): Promise<Row[]> {
  const server = fork(join(import.meta.dirname, '..', 'http-server.ts'), [url, kind]);
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const load = await openLoad(port, width);
  const calls = (path: string) => (count: number) =>
    load.run(count, (index) => getRequest(path, tokens[index % tokens.length] ?? ''));
  await calls('/guarded')(2 * tokens.length); // so that each is cached, and its use is noted
  const [guarded, scoped, unguarded, idle] = await sideBySide(
    {
      'guarded without scopes': calls('/guarded'),
      scoped: calls('/scoped'),
      unguarded: calls('/unguarded'),
      'a guard that does nothing': calls('/idle'),
    },
    extent,
  );
  load.close();
  server.disconnect();
  await once(server, 'exit');
  const { work, atLeast } = kinds[kind];
  return [
    rateRow(work, guarded, unguarded, { atLeast }),
    ...(kind === 'cached'
      ? [
          rateRow(work, guarded, idle, { atLeast: 0.97 }),
          rateRow('scoped call over HTTP, cached', scoped, guarded, { atLeast: 0.98 }),
        ]
      : []),
  ];
}
