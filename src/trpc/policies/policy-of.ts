import type { AnyTRPCProcedure, AnyTRPCRouter } from '@trpc/server';
import { DurinUsageError } from '../../errors.ts';
import { type Duration, parseDuration } from '../../values/duration.ts';
import type { GuardPolicy, Policies } from './policies.ts';
import { isReachedByKeys, type KeyClientRights } from './reached-by-keys.ts';

/** Who may call a procedure, as its guards say. Several guards in one chain are combined: a caller has to pass each of them. */
export interface ProcedurePolicy {
  /** Such as `reports.publish`. */
  readonly path: string;
  readonly type: 'query' | 'mutation' | 'subscription';
  /**
   * - `open`: no guard of this durin, so everyone may call it
   * - `optional`: everyone, except callers with a bad token
   * - `guarded`: a valid token of an active user
   */
  readonly guard: 'open' | 'optional' | 'guarded';
  /**
   * Whether an API key can reach it, of a client with `keys` and without `fullAccess`: all its guards name scopes that such a key
   * may have, and none has `fresh`. Of the auth router, that is `logout`. An open procedure is open to keys too.
   */
  readonly keys: boolean;
  /** The clients that it lets through; `null`: every client. */
  readonly clients: readonly string[] | null;
  /** The clients that it refuses. Only in an app without the option `clients`, whose other clients have no list. */
  readonly exceptClients?: readonly string[];
  /** The scopes that are all needed; `null`: none. */
  readonly scopes: readonly string[] | null;
  /** For each guard that asks for one of several scopes, those scopes; `null`: none does. */
  readonly anyScope: readonly (readonly string[])[] | null;
  /** How long ago the user may have signed in or reauthenticated; `null`: any time. */
  readonly fresh: Duration | null;
  /** The limits besides the client's own, such as `5/m`; `null`: none. */
  readonly rate: string | null;
}

/** Lists the policies of a router's procedures, by path. Loads lazy routers. */
export type PolicyOf = (router: AnyTRPCRouter) => Promise<ProcedurePolicy[]>;

/** @param keyClients the clients with keys that have no full access */
export function createPolicyOf(policies: Pick<Policies, 'guardsOf'>, keyClients: readonly KeyClientRights[]): PolicyOf {
  function combined(guards: readonly GuardPolicy[]) {
    const keys = guards.length === 0 || keyClients.some((client) => isReachedByKeys(client, guards));
    return { ...combine(guards), keys };
  }

  return async function policyOf(router) {
    if (!isRouter(router)) throw new DurinUsageError('policyOf takes a router, such as t.router({ ... }) returns');
    await loadLazyRouters(router);
    const procedures = Object.entries<AnyTRPCProcedure>(router._def.procedures);
    return procedures
      .toSorted(([one], [other]) => (one < other ? -1 : 1))
      .map(([path, procedure]) => ({ path, type: procedure._def.type, ...combined(policies.guardsOf(procedure)) }));
  };
}

/** Whether a value is a tRPC router, of any copy of tRPC. */
export function isRouter(value: unknown): value is AnyTRPCRouter {
  const { _def } = (value ?? {}) as { _def?: { procedures?: unknown } };
  return typeof _def?.procedures === 'object';
}

/** tRPC puts the procedures of a loaded router in place, and the lazy routers inside it among those that are left. */
async function loadLazyRouters(router: AnyTRPCRouter): Promise<void> {
  const loaded = new Set<object>();
  const pending = () => Object.values(router._def.lazy ?? {}).filter((loader) => !loaded.has(loader));
  for (let loaders = pending(); loaders.length > 0; loaders = pending()) {
    for (const loader of loaders) loaded.add(loader);
    await Promise.all(loaders.map((loader) => loader.load()));
  }
}

function combine(guards: readonly GuardPolicy[]): Omit<ProcedurePolicy, 'path' | 'type' | 'keys'> {
  const anyScope = guards.map((guard) => guard.anyScope).filter((list) => list.length > 0);
  const exceptClients = union(guards.map((guard) => guard.exceptClients));
  return {
    guard: guards.length === 0 ? 'open' : guards.every(({ isOptional }) => isOptional) ? 'optional' : 'guarded',
    clients: intersection(guards.map(({ clients }) => clients)),
    ...(exceptClients !== null && { exceptClients }),
    scopes: union(guards.map(({ scopes }) => scopes)),
    anyScope: anyScope.length === 0 ? null : anyScope.map((list) => [...list]),
    fresh: shortest(guards.map(({ fresh }) => fresh)),
    rate: guards.flatMap(({ rate }) => rate ?? []).join(', ') || null,
  };
}

/** `null`: no list has an item. */
function union(lists: readonly (readonly string[])[]): readonly string[] | null {
  const items = [...new Set(lists.flat())];
  return items.length === 0 ? null : items;
}

/** `null`: no list restricts anything. */
function intersection(lists: readonly (readonly string[] | null)[]): readonly string[] | null {
  const [first, ...others] = lists.filter((list) => list !== null);
  return first === undefined ? null : first.filter((item) => others.every((list) => list.includes(item)));
}

function shortest(durations: readonly (Duration | null)[]): Duration | null {
  const given = durations.filter((duration) => duration !== null);
  return given.toSorted((one, other) => parseDuration(one, 'fresh') - parseDuration(other, 'fresh'))[0] ?? null;
}
