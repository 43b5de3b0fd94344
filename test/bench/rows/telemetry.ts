import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { getRequest, openLoad } from '../http-load.ts';
import { type Extent, sideBySide } from '../measure.ts';
import { type Row, rateRow } from '../table.ts';

/** Connections at once. */
const width = 32;

/** A guarded, cached call over HTTP with `instrumentDurin` against the same call without. */
export async function benchTelemetry(url: string, tokens: readonly string[], extent: Extent): Promise<Row[]> {
  const server = fork(join(import.meta.dirname, '..', 'telemetry-server.ts'), [url]);
  const [{ port }] = (await once(server, 'message')) as [{ port: number }];
  const load = await openLoad(port, width);
  const calls = (path: string) => (count: number) =>
    load.run(count, (index) => getRequest(path, tokens[index % tokens.length] ?? ''));
  const paths = ['plain', 'unsampled', 'sampled'] as const;
  for (const path of paths) await calls(`/${path}`)(2 * tokens.length); // so that each is cached
  const [plain, unsampled, sampled] = await sideBySide(
    {
      'without OpenTelemetry': calls('/plain'),
      'with OpenTelemetry, spans not sampled': calls('/unsampled'),
      'with OpenTelemetry, every span recorded': calls('/sampled'),
    },
    extent,
  );
  load.close();
  server.disconnect();
  await once(server, 'exit');
  const work = 'guarded call over HTTP, cached, instrumented';
  return [rateRow(work, unsampled, plain, { atLeast: 0.98 }), rateRow(work, sampled, plain, { atLeast: 0.98 })];
}
