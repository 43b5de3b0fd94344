import { TRPCError } from '@trpc/server';
import type { KeyStore } from '../../database/keys/key-store.ts';
import { DurinError } from '../../errors.ts';
import type { EventSink } from '../../events.ts';
import type { DurinContext } from '../../request/durin-request.ts';
import { isSessionId, type SessionRecord, type TokenRow } from '../../session.ts';
import type { IssueToken } from '../../tokens/issue-token.ts';
import type { KeyClients, KeyRules } from '../../tokens/keys/key-rules.ts';
import { effectiveScopes, type SessionScopes } from '../../tokens/rights/scopes.ts';
import { toTokenEvent } from '../../tokens/token-event.ts';
import type { RequireFresh } from '../../tokens/verification/freshness.ts';
import { refuseUnreadableInput } from '../../trpc/base-procedure.ts';
import { unknownScopeProblem } from '../../values/scope.ts';
import { writeDuration } from '../../values/units.ts';
import type { DurinErrorCode, KeyView } from '../../wire.ts';
import type { RouterProcedures } from '../router-procedures.ts';
import { createIssueToSession, type KeyConflict, type KeyOrder } from './issue-to-session.ts';
import { keyInputs } from './key-inputs.ts';
import { createToKeyView, type KeyViewDeps } from './key-view.ts';

export interface KeysDeps extends KeyViewDeps {
  readonly keyStore: Pick<KeyStore, 'listKeys' | 'renameKey' | 'deleteKey'>;
  readonly keyClients: KeyClients;
  readonly issueToken: IssueToken;
  readonly scopes: SessionScopes;
  readonly requireFresh: RequireFresh;
  /** How often a key's use is written at most, in milliseconds. */
  readonly lastUsedIntervalMs: number;
  readonly events: EventSink;
}

const conflictCodes: Readonly<Record<KeyConflict, DurinErrorCode>> = {
  'name-taken': 'KEY_NAME_TAKEN',
  'key-not-found': 'KEY_NOT_FOUND',
  'key-limit': 'KEY_LIMIT',
  'at-limit': 'KEY_LIMIT',
  exists: 'KEY_LIMIT',
};

/** A call by a session. */
interface Call {
  readonly ctx: DurinContext & { readonly session: SessionRecord };
  readonly path: string;
}

export function createKeys({ sessionProcedure, reportRefused }: RouterProcedures, deps: KeysDeps) {
  const { keyStore, keyClients, scopes, requireFresh, lastUsedIntervalMs, events, now } = deps;
  const toKeyView = createToKeyView(deps);
  const issueToSession = createIssueToSession(deps.issueToken, conflictCodes);
  const procedure = sessionProcedure.use(refuseUnreadableInput);

  /** @param client the one that the input names; if there is only one, it need not */
  function requireRules(call: Call, client: string | undefined): KeyRules {
    const [only, ...others] = keyClients.names;
    if (only === undefined) throw new DurinError('API_ACCESS_DISABLED');
    const rules = keyClients.rulesOf(client ?? (others.length === 0 ? only : ''));
    if (rules === null) throw badRequest('client', `must be one of: ${keyClients.names.join(', ')}`);
    if (!rules.mayManage(call.ctx.session.client.name)) throw refuse(new DurinError('CLIENT_NOT_ALLOWED'), call);
    return rules;
  }

  function refuse(refusal: DurinError, { ctx, path }: Call): DurinError {
    return reportRefused(refusal, ctx.session, { ctx, path });
  }

  async function requireFreshSession({ ctx }: Call, { freshSeconds }: KeyRules): Promise<void> {
    if (freshSeconds !== null) await requireFresh(ctx.session, freshSeconds);
  }

  /** A session never passes on what it does not hold. */
  function requireScopes(wanted: readonly string[], held: readonly string[], call: Call): void {
    const missing = wanted.filter((scope) => !held.includes(scope));
    if (missing.length > 0) throw refuse(new DurinError('INSUFFICIENT_SCOPE', { missing }), call);
  }

  /** The scopes to store with a new key; `null`: all of its client's. */
  function scopesToStore(wanted: readonly string[] | undefined, { clientName }: KeyRules, call: Call) {
    const { session } = call.ctx;
    if (wanted === undefined) return scopes.passedOnBy(session);
    if (unknownScopeProblem(wanted, scopes.all) !== null) throw badRequest('scopes', 'must be scopes of the app');
    requireScopes(wanted, effectiveScopes(scopes.heldBy(session), [scopes.ceilingOf(clientName)]), call);
    return effectiveScopes(scopes.all, [wanted]);
  }

  async function issueKey(
    order: KeyOrder & Pick<KeyView, 'name'>,
    { ctx }: Call,
  ): Promise<KeyView & { token: string }> {
    const { record, token } = await issueToSession(order, ctx.session, ctx.durin);
    const { name, clientName } = order;
    return { ...toKeyView({ ...record, name, clientName }, ctx.session), token };
  }

  /** The latest instant at which it may have been used: a first use is always written, and later ones at an interval. */
  function usedUntil({ lastUsedAt, createdAt }: Pick<TokenRow, 'lastUsedAt' | 'createdAt'>): number {
    return lastUsedAt === null ? createdAt.getTime() : lastUsedAt.getTime() + lastUsedIntervalMs;
  }

  return {
    list: procedure.input(keyInputs.list).query(async function listKeys({ input, ...call }): Promise<KeyView[]> {
      const { session } = call.ctx;
      const { clientName } = requireRules(call, input?.client);
      const unusedSince = now() - (input?.unusedFor ?? 0) * 1000;
      const keys = await keyStore.listKeys(session.userId, clientName);
      const unused = keys.filter((key) => usedUntil(key) <= unusedSince);
      return (input?.unusedFor === undefined ? keys : unused).map((key) => toKeyView(key, session));
    }),

    create: procedure.input(keyInputs.create).mutation(async function createKey({
      input: { client, name, ttl, ...input },
      ...call
    }) {
      const rules = requireRules(call, client);
      requireTtl(ttl, rules);
      const stored = scopesToStore(input.scopes, rules, call);
      await requireFreshSession(call, rules);
      const { clientName } = rules;
      const order = { clientName, name, scopes: stored, ...(ttl !== undefined && { ttlSeconds: ttl }) };
      return issueKey(order, call);
    }),

    rename: procedure.input(keyInputs.rename).mutation(async function renameKey({ input, ...call }): Promise<void> {
      const ref = refOf(input.id, requireRules(call, input.client), call);
      const outcome = await keyStore.renameKey(ref, input.name, now());
      switch (outcome) {
        case 'renamed':
          return;
        case 'name-taken':
          throw new DurinError('KEY_NAME_TAKEN');
        case 'key-not-found':
          throw new DurinError('KEY_NOT_FOUND');
      }
    }),

    revoke: procedure.input(keyInputs.revoke).mutation(async function revokeKey({ input, ...call }): Promise<void> {
      const ended = await keyStore.deleteKey(refOf(input.id, requireRules(call, input.client), call), now());
      if (ended === null) throw new DurinError('KEY_NOT_FOUND');
      if (ended.hadExpired) events.emit('tokenExpired', toTokenEvent(ended));
      else events.emit('tokenRevoked', { ...toTokenEvent(ended), reason: 'revoked' });
    }),

    roll: procedure.input(keyInputs.roll).mutation(async function rollKey({ input: { id, overlap, client }, ...call }) {
      const rules = requireRules(call, client);
      const { clientName, max, maxTtlSeconds } = rules;
      const ref = refOf(id, rules, call);
      await requireFreshSession(call, rules);
      const replaced = (await keyStore.listKeys(ref.userId, clientName)).find((key) => key.id === id);
      if (replaced === undefined) throw new DurinError('KEY_NOT_FOUND');
      const ofKey = effectiveScopes(scopes.all, [replaced.scopes, scopes.ceilingOf(clientName)]);
      requireScopes(ofKey, scopes.passedOnBy(call.ctx.session) ?? scopes.all, call);
      const key = { max, replaces: { id, overlapSeconds: overlap, maxTtlSeconds } };
      return issueKey({ clientName, name: replaced.name, key }, call);
    }),
  };
}

function requireTtl(ttl: number | null | undefined, { maxTtlSeconds, clientName }: KeyRules): void {
  const isTooLong = ttl !== undefined && maxTtlSeconds !== null && (ttl === null || ttl > maxTtlSeconds);
  if (!isTooLong) return;
  throw badRequest('ttl', `must be at most ${writeDuration(maxTtlSeconds)}, the maxTtl of the client ${clientName}`);
}

function badRequest(field: string, sentence: string): TRPCError {
  return new TRPCError({ code: 'BAD_REQUEST', message: `${field}: ${sentence}` });
}

/** @throws DurinError KEY_NOT_FOUND */
function refOf(id: string, { clientName }: KeyRules, { ctx }: Call) {
  if (!isSessionId(id)) throw new DurinError('KEY_NOT_FOUND');
  return { id, clientName, userId: ctx.session.userId };
}
