import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { KnownNetworks } from '../../src/throttle/known-networks.ts';
import type { Clock } from '../support/clock.ts';

/** What every memory of known networks does. */
export function testKnownNetworks(openNetworks: () => Promise<{ networks: KnownNetworks; clock: Clock }>): void {
  test('a network is known to the name that it was remembered for', async () => {
    const { networks } = await openNetworks();
    const [alice, bob] = [randomUUID(), randomUUID()];
    expect(await networks.has(alice, '192.0.2.1')).toBe(false);
    await networks.remember(alice, '192.0.2.1');
    expect(await networks.has(alice, '192.0.2.1')).toBe(true);
    expect(await networks.has(alice, '192.0.2.2')).toBe(false);
    expect(await networks.has(bob, '192.0.2.1')).toBe(false);
  });

  test('a network is forgotten 30 days after its last use', async () => {
    const { networks, clock } = await openNetworks();
    const alice = randomUUID();
    await networks.remember(alice, '192.0.2.1');
    clock.advance(20 * 86_400);
    await networks.remember(alice, '192.0.2.1');
    clock.advance(30 * 86_400 - 1);
    expect(await networks.has(alice, '192.0.2.1')).toBe(true);
    clock.advance(1);
    expect(await networks.has(alice, '192.0.2.1')).toBe(false);
  });

  test('the ten networks that were used last are kept', async () => {
    const { networks, clock } = await openNetworks();
    const alice = randomUUID();
    for (let host = 1; host <= 12; host += 1) {
      clock.advance(1);
      await networks.remember(alice, `192.0.2.${host}`);
      if (host === 10) await networks.remember(alice, '192.0.2.1');
    }
    const known = [];
    for (let host = 1; host <= 12; host += 1) if (await networks.has(alice, `192.0.2.${host}`)) known.push(host);
    expect(known).toEqual([1, 4, 5, 6, 7, 8, 9, 10, 11, 12]);
  });
}
