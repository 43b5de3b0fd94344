import { newTokenId } from '../database/tokens/token-id.ts';
import type { Internals } from '../durin/internals.ts';
import { DurinUsageError } from '../errors.ts';
import { type ClientValues, clientDefaults, clientNameProblem } from '../values/client-fields.ts';
import { unknownScopeProblem } from '../values/scope.ts';
import { earliest, later, type TestSession } from './test-session.ts';

export interface TestSessionFacts {
  readonly client?: string | undefined;
  readonly scopes?: readonly string[] | undefined;
  readonly authenticatedAt?: Date | null | undefined;
}

/** @throws DurinUsageError naming what is wrong */
export function createTestSession(internals: Internals, user: unknown, facts: TestSessionFacts): TestSession {
  const { codec, keyClients, schema, scopes: appScopes, now } = internals;
  if (typeof user !== 'object' || user === null)
    throw new DurinUsageError(`actAs: user must be a ${schema.userMeta.className}, or a plain object like it`);
  const { name, tokenTtl, throttleRate, idleTtl, maxLifetime, id } = clientOf(internals, facts.client);
  const problem = unknownScopeProblem(facts.scopes ?? [], appScopes.all);
  if (problem !== null) throw new DurinUsageError(`actAs: scopes: ${problem}`);

  const createdAt = new Date(now());
  const keyRules = keyClients.rulesOf(name);
  const ttl = keyRules?.ttlSeconds === undefined ? tokenTtl : keyRules.ttlSeconds;
  const latestExpiry = maxLifetime === null ? null : later(createdAt, maxLifetime);
  const byDefault = keyRules === null ? createdAt : null;
  return {
    id: newTokenId(keyRules === null ? 'login' : 'key'),
    selector: codec.newSelector(),
    userId: schema.userKeyOf(user),
    user,
    client: Object.freeze({ id, name, tokenTtl, throttleRate }),
    name: keyRules === null ? null : 'a key of a test',
    scopes: facts.scopes ?? null,
    createdAt,
    authenticatedAt: facts.authenticatedAt === undefined ? byDefault : facts.authenticatedAt,
    expiry: earliest(ttl === null ? null : later(createdAt, ttl), latestExpiry),
    latestExpiry,
    idleTtl,
    lastUsedAt: null,
  };
}

/** @returns the client's fields, and an id that no row has */
function clientOf({ sessions }: Internals, named: string | undefined): ClientValues & { readonly id: number } {
  const { clients, defaultTtlSeconds } = sessions;
  const known = clients ?? [];
  const name = named ?? known[0]?.values.name;
  if (name === undefined) throw new DurinUsageError('actAs: client is required, since the option clients names none');
  const problem = clientNameProblem(name);
  if (problem !== null) throw new DurinUsageError(`actAs: client: ${problem}`);
  const index = known.findIndex(({ values }) => values.name === name);
  const values = known[index]?.values;
  if (values === undefined && clients !== null)
    throw new DurinUsageError(`actAs: no client '${name}' in the option clients`);
  return { ...clientDefaults, tokenTtl: defaultTtlSeconds, ...values, name, id: index - known.length - 1 };
}
