import type { Reach } from '../../tokens/keys/key-access.ts';
import type { Duration } from '../../values/duration.ts';

/** What one guard lets through, as the app wrote it. */
export interface GuardPolicy {
  /** Whether callers without credentials are let through. */
  readonly isOptional: boolean;
  /** `null`: every client, but `exceptClients`. */
  readonly clients: readonly string[] | null;
  /** The clients that are refused. Empty if the app has the option `clients`: then `clients` lists the others. */
  readonly exceptClients: readonly string[];
  readonly scopes: readonly string[];
  readonly anyScope: readonly string[];
  /** What a key has to be allowed to reach. */
  readonly reach: Reach;
  readonly fresh: Duration | null;
  readonly rate: string | null;
}

/** A guard that lets every valid session through. */
export const guardedPolicy: GuardPolicy = {
  isOptional: false,
  clients: null,
  exceptClients: [],
  scopes: [],
  anyScope: [],
  reach: 'everything',
  fresh: null,
  rate: null,
};

/** Knows the guards of one durin in the procedures that have them, by the identity of their middleware. */
export interface Policies {
  /** Registers the guard of a builder, which is its last middleware, and returns the builder. */
  register<TBuilder extends object>(builder: TBuilder, policy: GuardPolicy): TBuilder;
  /** The guards of a procedure, in the order in which they run. */
  guardsOf(procedure: object): GuardPolicy[];
}

export function createPolicies(): Policies {
  const policies = new WeakMap<object, GuardPolicy>();
  return {
    register(builder, policy) {
      const guard = middlewaresOf(builder).at(-1);
      if (guard !== undefined) policies.set(guard, policy);
      return builder;
    },
    guardsOf: (procedure) => middlewaresOf(procedure).flatMap((middleware) => policies.get(middleware) ?? []),
  };
}

/** tRPC's types do not show the middlewares of a builder or a procedure. */
function middlewaresOf(builder: object): readonly object[] {
  return (builder as { _def?: { middlewares?: readonly object[] } })._def?.middlewares ?? [];
}
