import { tokenScope } from '../cache/session-cache.ts';
import type {
  Deleted,
  EndedToken,
  IssueRequest,
  IssueResult,
  KnownToken,
  Reauthentication,
  ReauthenticationOutcome,
  RenewedToken,
  TokenFilter,
  TokenIdentity,
  TokenStore,
  TokenUse,
} from '../database/token-store.ts';
import type { Internals } from '../durin/internals.ts';
import type { RevocationReason } from '../events.ts';
import type { SessionRecord, TokenRow } from '../session.ts';
import { isExpired } from '../values/expiry.ts';
import { earliest, later, recordOf, rowOf, type TestSession, type UserViews } from './test-session.ts';

export interface TestSessionStoreDeps {
  /** The durin's own store, for all other sessions. */
  readonly inner: TokenStore;
  readonly viewsOf: (user: object) => UserViews;
  readonly isSameUser: (one: unknown, other: unknown) => boolean;
  /** Learns that sessions have ended, so that their streams end. */
  readonly changes: Internals['sessions']['changes'];
  /** The clock, in milliseconds. */
  readonly now: () => number;
}

/**
 * Keeps the sessions of tests in memory, and passes everything else on. What concerns one session of a test needs no
 * database. What concerns all sessions of a user does, since the database may have others.
 */
export class TestSessionStore implements TokenStore {
  readonly #deps: TestSessionStoreDeps;
  readonly #inner: TokenStore;
  readonly #sessions = new Map<string, TestSession>();
  /** The selectors of sessions that have ended, so that the database is not asked about them. */
  readonly #ended = new Set<string>();

  constructor(deps: TestSessionStoreDeps) {
    this.#deps = deps;
    this.#inner = deps.inner;
  }

  add(session: TestSession): void {
    this.#sessions.set(session.selector, session);
  }

  findInMemory(selector: string): SessionRecord | null {
    return this.#isOurs(selector) ? null : this.#inner.findInMemory(selector);
  }

  async findBySelector(selector: string): Promise<SessionRecord | null> {
    return this.#isOurs(selector) ? this.#find(selector) : this.#inner.findBySelector(selector);
  }

  async findStored(selector: string): Promise<SessionRecord | null> {
    return this.#isOurs(selector) ? this.#find(selector) : this.#inner.findStored(selector);
  }

  /** The user that a test passed is the user as it is now. */
  async findUserRow(userId: unknown): Promise<object | null> {
    const [session] = this.#of(userId, {});
    return session === undefined ? this.#inner.findUserRow(userId) : this.#deps.viewsOf(session.user).userRow;
  }

  /** A session of a test may create an API key: the database does not know it, so it is not asked about it. */
  issue({ sessionId, ...request }: IssueRequest, now: number): Promise<IssueResult> {
    const isKnown = sessionId === undefined || this.#byId(sessionId) !== null;
    return this.#inner.issue(isKnown ? request : { ...request, sessionId }, now);
  }

  async renew(id: string, now: number): Promise<RenewedToken | null> {
    const session = this.#byId(id);
    if (session === null) return this.#inner.renew(id, now);
    const { client, latestExpiry } = session;
    const expiry = client.tokenTtl === null ? null : later(new Date(now), client.tokenTtl);
    const renewed = this.#change(session, { expiry: earliest(expiry, latestExpiry) });
    return { token: identityOf(renewed), expiresAt: renewed.expiry, latestExpiry };
  }

  async reauthenticate(request: Reauthentication, now: number): Promise<ReauthenticationOutcome> {
    const session = this.#sessions.get(request.selector);
    if (session === undefined) return this.#inner.reauthenticate(request, now);
    if (!this.#deps.isSameUser(session.userId, request.userId)) return 'session-ended';
    const { authenticatedAt } = request;
    this.#change(session, { authenticatedAt: authenticatedAt === null ? null : new Date(authenticatedAt) });
    return 'authenticated';
  }

  async delete(token: KnownToken, reason: RevocationReason): Promise<TokenIdentity | null> {
    const session = this.#byId(token.id);
    return session === null ? this.#inner.delete(token, reason) : this.#end(session);
  }

  async deleteBySelector(selector: string, reason: RevocationReason): Promise<TokenIdentity | null> {
    const session = this.#sessions.get(selector);
    return session === undefined ? this.#inner.deleteBySelector(selector, reason) : this.#end(session);
  }

  async deleteIfExpired(token: Pick<SessionRecord, 'id' | 'selector'>, now: number): Promise<TokenIdentity | null> {
    const session = this.#sessions.get(token.selector);
    if (session === undefined) return this.#inner.deleteIfExpired(token, now);
    return isExpired(rowOf(session).expiresAt, now) ? this.#end(session) : null;
  }

  async deleteOf(userId: unknown, id: string, filter: TokenFilter, now: number): Promise<TokenIdentity | null> {
    const session = this.#byId(id);
    if (session === null) return this.#inner.deleteOf(userId, id, filter, now);
    return this.#validOf(userId, filter, now).includes(session) ? this.#end(session) : null;
  }

  async deleteAllOf(userId: unknown, filter: TokenFilter, reason: RevocationReason): Promise<TokenIdentity[]> {
    const ended = this.#of(userId, filter).map((session) => this.#end(session));
    return [...ended, ...(await this.#inner.deleteAllOf(userId, filter, reason))];
  }

  async deleteBefore(deleted: Deleted, keys: readonly unknown[], now: number): Promise<EndedToken[]> {
    const users = deleted === 'user' ? keys : [];
    const ended = users.flatMap((userId) => this.#of(userId, {}).map((session) => this.#end(session)));
    const hadExpired = false;
    return [
      ...ended.map((token) => ({ ...token, hadExpired })),
      ...(await this.#inner.deleteBefore(deleted, keys, now)),
    ];
  }

  async expireAllOf(userId: unknown, filter: TokenFilter, now: number): Promise<TokenIdentity[]> {
    const expired = this.#validOf(userId, filter, now).map((session) =>
      identityOf(this.#change(session, { expiry: new Date(now) })),
    );
    return [...expired, ...(await this.#inner.expireAllOf(userId, filter, now))];
  }

  findExpired(limit: number, now: number, except: readonly KnownToken[]): Promise<KnownToken[]> {
    return this.#inner.findExpired(limit, now, except);
  }

  deleteExpired(found: readonly KnownToken[], now: number): Promise<TokenIdentity[]> {
    return this.#inner.deleteExpired(found, now);
  }

  async listOf(userId: unknown, filter: TokenFilter, now: number): Promise<TokenRow[]> {
    return [...this.#validOf(userId, filter, now).map(rowOf), ...(await this.#inner.listOf(userId, filter, now))];
  }

  findOf(userId: unknown, clientName: string): Promise<TokenRow | null> {
    return this.#inner.findOf(userId, clientName);
  }

  async recordUses(uses: readonly TokenUse[], intervalMs: number): Promise<string[]> {
    for (const { id, usedAt } of uses) this.#use(this.#byId(id), usedAt);
    const others = uses.filter(({ id }) => this.#byId(id) === null);
    return others.length === 0 ? [] : this.#inner.recordUses(others, intervalMs);
  }

  async keepAlive(token: Pick<SessionRecord, 'id' | 'selector'>, now: number): Promise<void> {
    const session = this.#sessions.get(token.selector);
    if (session === undefined) return this.#inner.keepAlive(token, now);
    this.#use(session, new Date(now));
  }

  async rename(userId: unknown, id: string, name: string, filter: TokenFilter, now: number): Promise<boolean> {
    const session = this.#byId(id);
    if (session === null) return this.#inner.rename(userId, id, name, filter, now);
    const isRenamed = this.#validOf(userId, filter, now).includes(session);
    if (isRenamed) this.#change(session, { name });
    return isRenamed;
  }

  #isOurs(selector: string): boolean {
    return this.#sessions.has(selector) || this.#ended.has(selector);
  }

  #find(selector: string): SessionRecord | null {
    const session = this.#sessions.get(selector);
    if (session === undefined) return null;
    return recordOf(session, this.#deps.viewsOf(session.user), this.#deps.now());
  }

  #byId(id: string): TestSession | null {
    return [...this.#sessions.values()].find((session) => session.id === id) ?? null;
  }

  #of(userId: unknown, { exceptId, exceptClients = [], onlyClient }: TokenFilter): TestSession[] {
    return [...this.#sessions.values()].filter(
      ({ id, userId: owner, client }) =>
        this.#deps.isSameUser(owner, userId) &&
        id !== exceptId &&
        !exceptClients.includes(client.name) &&
        (onlyClient ?? client.name) === client.name,
    );
  }

  #validOf(userId: unknown, filter: TokenFilter, now: number): TestSession[] {
    return this.#of(userId, filter).filter((session) => !isExpired(rowOf(session).expiresAt, now));
  }

  #change(session: TestSession, changes: Partial<TestSession>): TestSession {
    const changed = { ...session, ...changes };
    this.add(changed);
    this.#deps.changes.changed(tokenScope(session.selector));
    return changed;
  }

  #use(session: TestSession | null, lastUsedAt: Date): void {
    if (session !== null) this.add({ ...session, lastUsedAt });
  }

  #end(session: TestSession): TokenIdentity {
    this.#sessions.delete(session.selector);
    this.#ended.add(session.selector);
    this.#deps.changes.changed(tokenScope(session.selector));
    return identityOf(session);
  }
}

function identityOf({ id, selector, userId, client }: TestSession): TokenIdentity {
  return { id, selector, userId, clientName: client.name };
}
