import { createMemoryKnownNetworks } from '../../../src/throttle/known-networks.ts';
import { testKnownNetworks } from '../../contracts/known-networks.ts';
import { createClock } from '../../support/clock.ts';

testKnownNetworks(async () => {
  const clock = createClock();
  return { networks: createMemoryKnownNetworks(clock), clock };
});
