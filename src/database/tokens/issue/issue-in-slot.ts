import type { Database } from '../../database.ts';
import { chooseKeySlot, type HeldKey, type KeySlotChoice } from '../../keys/choose-key-slot.ts';
import type { PreparedStatement } from '../../prepared/prepared-statement.ts';
import { toParameter } from '../../rows/instants.ts';
import type { Row } from '../../rows/row.ts';
import type { Schema } from '../../schema.ts';
import type { EndedToken, IssueRequest, IssueResult } from '../../token-store.ts';
import type { LockUser } from '../lock-user.ts';
import type { SessionSelect } from '../session-select.ts';
import { chooseSlot, type HeldToken, type SlotChoice, type SlotRules } from './choose-slot.ts';
import { activeIn, issueParameters } from './issue-input.ts';
import { slotStatements } from './slot-statements.ts';

/**
 * Issues a token in one of several slots. `null`: the client was deleted or got another limit meanwhile, or the token that was
 * to be kept was deleted, or the slot was taken although the user is locked, by a statement of version 0.1.
 */
export type IssueInSlot = (request: IssueRequest, id: string, now: number) => Promise<IssueResult | null>;

interface ReadToken extends HeldToken, HeldKey {
  readonly selector: string;
  readonly scopes: readonly string[] | null;
  /** Seconds from its creation to the instant beyond which nothing extends it; `null`: no limit. */
  readonly lifetime: number | null;
}

/** What is read before the slot is chosen. */
interface Found {
  readonly refusal: IssueResult | null;
  readonly held: readonly ReadToken[];
  readonly rules: SlotRules;
}

/**
 * Creates the issue for clients that allow several sessions: it reads the tokens that the user holds, and writes what
 * `chooseSlot` decides. Both in one statement could not do it: while it waits for the user's lock, others store tokens that
 * it does not see.
 *
 * Usually nothing changes in between, and two prepared statements do. If something does, or if the choice ends tokens of
 * other slots than its own, it reads and writes in a transaction that locks the user first. The write without a transaction
 * is safe because it stores nothing in a slot that is taken. If a token has to end, it is the one in that slot, and all tokens
 * that were read must still exist. The client must still have the limit that was read.
 */
export function createIssueInSlot(
  database: Database,
  schema: Schema,
  session: SessionSelect,
  lockUser: LockUser,
  credentialsDigest: string | null,
): IssueInSlot {
  const statements = slotStatements(schema, session, credentialsDigest, database.changeContext);
  const runRead = database.prepare(statements.read);
  const runReadLocked = database.prepare(statements.readLocked);
  const runWrite = database.prepare(statements.write);

  async function find(run: PreparedStatement, request: IssueRequest, id: string, now: number): Promise<Found> {
    const at = toParameter(now);
    const [row] = await run([...issueParameters(request, id, now, schema, []), at, at]);
    return {
      refusal: refusalIn(row),
      held: (row?.['held'] ?? []) as ReadToken[],
      rules: {
        onConflict: request.onConflict,
        maxSessions: Number(row?.['max_sessions']),
        atLimit: row?.['at_limit'] === 'refuse' ? 'refuse' : 'end-oldest',
        isLimitGiven: row?.['is_limit_given'] === true,
      },
    };
  }

  async function apply(
    request: IssueRequest,
    id: string,
    now: number,
    { held, rules }: Pick<Found, 'held' | 'rules'>,
    choice: Chosen,
  ): Promise<IssueResult | null> {
    const isOnlyOne = rules.maxSessions === 1 || request.key !== undefined;
    const reason = choice.choice === 'issue' && isOnlyOne ? 'replaced' : 'evicted';
    const change = database.changeContext.parameters({ reason, expiredAt: now });
    const [row] = await runWrite([
      ...issueParameters(ofSameKind(request, held), id, now, schema, change),
      toParameter(now),
      ...targetOf(choice, held),
      request.key === undefined ? rules.maxSessions : null,
      request.onConflict === 'renew',
    ]);
    const endedIds = new Set((row?.['ended_ids'] ?? []) as readonly string[]);
    const ended = held.filter((token) => endedIds.has(token.id)).map((token) => toEnded(token, request));
    switch (choice.choice) {
      case 'at-limit':
        return { outcome: 'at-limit', ended, reason };
      case 'keep':
      case 'issue': {
        if (row === undefined || row['held_id'] === null) return null;
        const outcome = outcomeOf(choice, request);
        return { outcome, record: session.read(row), isUserActive: activeIn(row), ended, reason };
      }
    }
  }

  /** `null`: it takes a transaction. */
  async function issueUnlocked(request: IssueRequest, id: string, now: number): Promise<IssueResult | null> {
    const { refusal, held, rules } = await find(runRead, request, id, now);
    if (refusal !== null) return null;
    const choice = chooseSlot(held, rules);
    const isAlone = choice.choice === 'issue' && endsOnlyItsSlot(choice, held);
    return isAlone ? apply(request, id, now, { held, rules }, choice) : null;
  }

  async function issueLocked(request: IssueRequest, id: string, now: number): Promise<IssueResult | null> {
    const { refusal, held, rules } = await find(runReadLocked, request, id, now);
    if (refusal !== null) return refusal;
    const choice = choose(request, held, rules);
    switch (choice.choice) {
      case 'exists':
      case 'name-taken':
      case 'key-limit':
      case 'key-not-found':
        return { outcome: choice.choice };
      case 'at-limit':
      case 'keep':
      case 'issue':
        return apply(request, id, now, { held, rules }, choice);
    }
  }

  return async function issueInSlot(request, id, now) {
    const mayBeUnlocked = request.key === undefined && !database.isInTransaction();
    const issued = mayBeUnlocked ? await issueUnlocked(request, id, now) : null;
    return issued ?? lockUser(request.userId, () => issueLocked(request, id, now));
  };
}

function endsOnlyItsSlot(
  { slot, ended }: Extract<SlotChoice, { choice: 'issue' }>,
  held: readonly HeldToken[],
): boolean {
  return held.every((token) => token.slot === slot || !ended.includes(token.id));
}

/** Why nothing is issued; `null`: something may be. */
function refusalIn(row: Row | undefined): IssueResult | null {
  if (row === undefined || row['has_credentials'] === null) return { outcome: 'unknown-user' };
  if (row['has_credentials'] === false) return { outcome: 'credentials-changed' };
  if (row['session_found'] === false) return { outcome: 'session-ended' };
  return row['max_sessions'] === null ? { outcome: 'unknown-client' } : null;
}

function choose(request: IssueRequest, held: readonly ReadToken[], rules: SlotRules): SlotChoice | KeySlotChoice {
  const { key, name = null } = request;
  if (key === undefined) return chooseSlot(held, rules);
  return chooseKeySlot(held, { name, max: key.max, replaces: key.replaces?.id ?? null });
}

type Chosen = Extract<SlotChoice | KeySlotChoice, { readonly ended: readonly string[] }>;

/** A key has the name, the scopes and the lifetime of the one that it replaces, within the longest that is allowed now. */
function ofSameKind(request: IssueRequest, held: readonly ReadToken[]): IssueRequest {
  const { id: replacedId, maxTtlSeconds = null } = request.key?.replaces ?? {};
  const replaced = held.find(({ id }) => id === replacedId);
  if (replaced === undefined) return request;
  const { name, scopes, expiresAt, lifetime } = replaced;
  const isUnlimited = expiresAt === null || lifetime !== null;
  return {
    ...request,
    name,
    scopes,
    ...(isUnlimited && { ttlSeconds: atMost(maxTtlSeconds, lifetime && Math.round(lifetime)) }),
  };
}

/** The shorter one; `null`: no end. */
function atMost(maxSeconds: number | null, seconds: number | null): number | null {
  if (maxSeconds === null || seconds === null) return maxSeconds ?? seconds;
  return Math.min(maxSeconds, seconds);
}

function outcomeOf({ choice }: Chosen, { onConflict }: IssueRequest): 'issued' | 'renewed' | 'kept' {
  if (choice === 'issue') return 'issued';
  return onConflict === 'renew' ? 'renewed' : 'kept';
}

/** The parameters of `target`: slot, kept, ended, held. */
function targetOf(choice: Chosen, held: readonly HeldToken[]): unknown[] {
  const slot = choice.choice === 'issue' ? choice.slot : null;
  const kept = choice.choice === 'keep' ? choice.kept : null;
  return [slot, kept, toUuidArray(choice.ended), toUuidArray(held.map(({ id }) => id))];
}

function toUuidArray(ids: readonly string[]): string {
  return `{${ids.join(',')}}`;
}

function toEnded({ id, selector, isValid }: ReadToken, { userId, clientName }: IssueRequest): EndedToken {
  return { id, selector, userId, clientName, hadExpired: !isValid };
}
