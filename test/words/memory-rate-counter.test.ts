import { createMemoryRateCounter } from '../../src/throttle/memory-rate-counter.ts';
import { testRateCounter } from '../support/rate-counter-contract.ts';

testRateCounter(async (clock) => createMemoryRateCounter(clock));
