import { openClient } from '../servers/redis/open-client.ts';

/** Lets the counts in Redis expire sooner, as if this many seconds had passed. */
export async function ageKeys(url: string, seconds: number): Promise<void> {
  const client = await openClient(url);
  for (const key of await client.keys('durin:rate:*')) {
    const leftMs = (await client.pTTL(key)) - seconds * 1000;
    if (leftMs > 0) await client.pExpire(key, leftMs);
    else await client.del(key);
  }
  client.destroy();
}
