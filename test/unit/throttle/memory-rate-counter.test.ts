import { createMemoryRateCounter } from '../../../src/throttle/memory-rate-counter.ts';
import { testRateCounter } from '../../contracts/rate-counter.ts';

testRateCounter(async (clock) => createMemoryRateCounter(clock));
