import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEpoch, type Epoch } from '../../../client/session/epoch.ts';
import type { Session, SessionEvent, SessionState } from '../../../client/session/session.ts';
import { createSessionStore } from '../../../client/session/session-store.ts';
import { readSession, writeSession } from '../../../client/session/session-text.ts';
import { memoryStorage } from '../../../client/storage/storage.ts';

const instant = fc.date({ noInvalidDate: true });
const session = fc.record<Session>({
  token: fc.constantFrom('one', 'two', 'three'),
  expiry: fc.option(instant),
  user: fc.option(fc.record({ id: fc.bigInt(), name: fc.string(), since: instant }), { nil: undefined }),
  refreshAt: fc.option(fc.nat()),
  key: fc.constantFrom(undefined, 1, 2),
});

/** An event. It may belong to a call that was made some calls, or some epochs, ago. */
type Happening =
  | { kind: 'login'; session: Session; ago: number }
  | { kind: 'refresh'; expiry: Date; token: string | undefined; ago: number }
  | { kind: 'end'; ago: number }
  | { kind: 'stored'; session: Session | null };

const ago = fc.nat({ max: 3 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('login' as const), session, ago }),
  fc.record({ kind: fc.constant('refresh' as const), expiry: instant, token: fc.constantFrom(undefined, 'four'), ago }),
  fc.record({ kind: fc.constant('end' as const), ago }),
  fc.record({ kind: fc.constant('stored' as const), session: fc.option(session) }),
);

const refreshedBy = ({ expiry, token }: Extract<Happening, { kind: 'refresh' }>) => ({
  expiry,
  refreshAt: 5,
  ...(token && { token }),
});

function eventOf(happened: Happening, epoch: Epoch, login: number): SessionEvent {
  switch (happened.kind) {
    case 'login':
      return { type: 'login', epoch: createEpoch(happened.session.token), session: happened.session, login };
    case 'refresh':
      return { type: 'refresh', epoch, session: refreshedBy(happened) };
    case 'end':
      return { type: 'end', epoch, reason: 'expired' };
    case 'stored':
      return { type: 'stored', session: happened.session };
  }
}

/** The session after the event. A refresh without a session changes nothing. */
function expectedSession({ session: before }: SessionState, happened: Happening, isLate: boolean): Session | null {
  if (isLate) return before;
  if (happened.kind === 'end') return null;
  if (happened.kind === 'refresh') return before && { ...before, ...refreshedBy(happened) };
  return happened.session;
}

/** Whether calls in progress still count: not after another session began, nor after a login. */
function keepsEpoch({ session: before }: SessionState, { session: after }: SessionState, happened: Happening): boolean {
  if (happened.kind === 'login') return false;
  const isSameLogin = before !== null && before.key !== undefined && before.key === after?.key;
  return happened.kind === 'refresh' || before?.token === after?.token || isSameLogin;
}

function fail(error: unknown): never {
  throw error;
}

test('late events change nothing; state, token and snapshot agree', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(happening, { maxLength: 40 }), async (happenings) => {
      const store = createSessionStore(memoryStorage(), 'session', false, fail, AbortSignal.abort());
      let latestLogin = 0;
      const epochs: Epoch[] = [];
      for (const [index, happened] of happenings.entries()) {
        const before = store.state;
        if (epochs.at(-1) !== before.epoch) epochs.push(before.epoch);
        const epoch = 'ago' in happened ? (epochs.at(-1 - happened.ago) ?? before.epoch) : before.epoch;
        const login = index + 10 + index / 100 - ('ago' in happened ? happened.ago : 0);
        const isLate = happened.kind === 'login' ? login < latestLogin : epoch !== before.epoch;
        if (happened.kind === 'login' && !isLate) latestLogin = login;
        await store.dispatch(eventOf(happened, epoch, login));
        const { state } = store;

        expect(state.session).toEqual(expectedSession(before, happened, isLate));
        expect(state.epoch === before.epoch).toBe(isLate || keepsEpoch(before, state, happened));
        expect(state.epoch.token()).toBe(state.session?.token ?? null);
        expect(state.snapshot).toMatchObject(
          state.session
            ? {
                status: 'signed-in',
                expiry: state.session.expiry,
                ...(state.session.user ? { user: state.session.user } : {}),
              }
            : { status: 'signed-out' },
        );
        expect(state === before || state.snapshot !== before.snapshot).toBe(true);
      }
    }),
  );
});

test('no way of printing or copying an epoch shows its token', () => {
  const epoch = createEpoch('the-token');
  epoch.logout = new AbortController().signal;
  const printed = [
    inspect(epoch, { depth: 9, showHidden: true, getters: true }),
    inspect({ durin: { epoch } }, { depth: 9, showHidden: true, getters: true }),
    JSON.stringify(epoch),
    JSON.stringify({ ...epoch }),
    String(epoch.token),
    format('%s %o %O %j', epoch, epoch, epoch, epoch),
  ];
  expect(printed.join('\n')).not.toContain('the-token');
  expect(epoch.token()).toBe('the-token');
});

test('a stored session is read back unchanged, with its dates and bigints', () => {
  fc.assert(
    fc.property(session, (stored) => {
      const { user, ...rest } = stored;
      expect(readSession(writeSession(stored))).toEqual(user === undefined ? rest : stored);
    }),
  );
});

test('any stored text reads as a usable session or as none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(readSession(text)?.token ?? 'none').toMatch(/^[!-~]+$/);
    }),
  );
});
