import { fork } from 'node:child_process';
import { once } from 'node:events';
import { Agent, get } from 'node:http';
import { join } from 'node:path';
import { concurrently, sideBySide } from './measure.ts';

const width = 32;

/** A guarded call over HTTP against the same call unguarded. */
export async function benchHttp(url: string, tokens: readonly string[], kind: 'uncached' | 'cached') {
  const server = fork(join(import.meta.dirname, 'http-server.ts'), [url, kind]);
  const [address] = (await once(server, 'message')) as [{ port: number }];
  const agent = new Agent({ keepAlive: true, maxSockets: width });

  function call(path: string, token: string): Promise<void> {
    return new Promise((resolve, reject) => {
      const request = get({
        agent,
        host: '127.0.0.1',
        port: address.port,
        path,
        headers: { authorization: `Token ${token}` },
      });
      request.on('response', (response) => {
        if (response.statusCode !== 200) reject(new Error(`${path} answered ${response.statusCode}`));
        response.resume().once('end', resolve);
      });
      request.on('error', reject);
    });
  }

  const calls = (path: string) => (count: number) =>
    concurrently(count, width, (index) => call(path, tokens[index % tokens.length] ?? ''));
  const series = await sideBySide(
    { guarded: calls('/guarded'), unguarded: calls('/unguarded') },
    { count: 3000, rounds: 7 },
  );
  agent.destroy();
  server.disconnect();
  await once(server, 'exit');
  return series;
}
