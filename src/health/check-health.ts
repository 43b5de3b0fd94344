import type { CachePart } from '../events.ts';
import type { CheckHealth, Health, PartFailing, PartUnused, PartUp } from './health.ts';
import { createLookAtPart, type PartCheck } from './look-at-part.ts';
import type { PartName, PartStates } from './part-states.ts';

export interface CheckHealthDeps {
  readonly states: Pick<PartStates, 'of'>;
  /** Opens the connections that the first look-up opens. */
  readonly connect: () => void;
  /** `null`: the part is not asked, and its state is what `states` knows. So is that of the bus. */
  readonly checks: Readonly<Record<Exclude<PartName, 'bus'>, PartCheck | null>>;
  /** Adds what is known about the database's connections to the error of a timeout. */
  readonly explainTimeout: (timeout: Error) => Error;
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/** An answer is shared for this long, in milliseconds, so that polling costs at most one check a second. */
const sharedMs = 1000;

export function createCheckHealth(deps: CheckHealthDeps): CheckHealth {
  const { states, connect, checks, explainTimeout, now } = deps;
  const lookAt = (part: CachePart) =>
    createLookAtPart(part, { states, check: part === 'bus' ? null : checks[part], now });
  const lookAtDatabase = createLookAtPart('database', { states, check: checks.database, explainTimeout, now });
  const lookAtOthers = { store: lookAt('store'), bus: lookAt('bus'), throttle: lookAt('throttle') };
  let shared: { readonly health: Promise<Health>; readonly until: number } | null = null;

  async function databaseHealth(): Promise<PartUp | PartFailing<'down'>> {
    const { reason, since, latencyMs } = await lookAtDatabase();
    return reason === null ? { status: 'up', since, latencyMs } : { status: 'down', since, reason };
  }

  async function healthOf(part: CachePart): Promise<PartUp | PartFailing<'degraded'> | PartUnused> {
    if (states.of(part) === null) return { status: 'unused' };
    const { reason, since, latencyMs } = await lookAtOthers[part]();
    return reason === null ? { status: 'up', since, latencyMs } : { status: 'degraded', since, reason };
  }

  async function checkAll(): Promise<Health> {
    connect();
    const [database, store, bus, throttle] = await Promise.all([
      databaseHealth(),
      healthOf('store'),
      healthOf('bus'),
      healthOf('throttle'),
    ]);
    const isDegraded = [store, bus, throttle].some(({ status }) => status === 'degraded');
    return { isHealthy: database.status === 'up', isDegraded, database, store, bus, throttle };
  }

  return function checkHealth() {
    const at = performance.now();
    if (shared === null || at >= shared.until) shared = { health: checkAll(), until: at + sharedMs };
    return shared.health;
  };
}
