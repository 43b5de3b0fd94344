import type { MikroORM } from '@mikro-orm/core';
import { onTestFinished } from 'vitest';
import { createDurin } from '../../../src/index.ts';
import type { CacheOptions } from '../../../src/options/cache-options.ts';
import type { ThrottleOptions } from '../../../src/options/throttle-options.ts';
import { clients, requiredOptions } from '../app.ts';

/** An app that notes what is reported about its parts: events, and lines in the log. It is closed after the test. */
export async function openReportedApp(orm: MikroORM, options: { cache?: CacheOptions; throttle?: ThrottleOptions }) {
  const lines: string[] = [];
  const durin = createDurin({
    ...requiredOptions(orm),
    clients,
    onWarning: (line) => void lines.push(line),
    ...options,
  });
  onTestFinished(durin.close);
  const unavailable: { part: string; reason: string }[] = [];
  const recovered: string[] = [];
  durin.events.on('cacheUnavailable', (event) => void unavailable.push(event));
  durin.events.on('cacheRecovered', ({ part }) => void recovered.push(part));
  await durin.clients.sync();
  const { token } = await durin.tokens.issue({ user: 1, client: 'web' });
  return { durin, token, lines, unavailable, recovered };
}
