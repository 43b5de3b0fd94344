import type { DeniedRights } from '../../../src/cli/doctor/redis-rights.ts';

/** What a user of Redis may not run: these commands alone. */
export function denying(denied: Partial<DeniedRights>): DeniedRights {
  return { 'cache.store': [], 'cache.bus': [], 'throttle.redis': [], ...denied };
}
