import { redisBus } from '../../../src/redis/index.ts';
import { openClient } from '../servers/redis/open-client.ts';
import { createBusProbe } from './bus-probe.ts';

/** The same for buses over Redis. */
export function createRedisBusProbe() {
  const { observe, closeAll } = createBusProbe();
  return { join: (url: string, channel?: string) => observe(redisBus({ url, channel })), closeAll };
}

export async function subscribersOf(url: string, channel: string): Promise<number> {
  const client = await openClient(url);
  const counts = await client.pubSubNumSub([channel]);
  client.destroy();
  return counts[channel] ?? 0;
}
