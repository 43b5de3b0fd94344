import { format, inspect } from 'node:util';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createEpoch, type Epoch } from '../../../client/session/epoch.ts';
import {
  initialState,
  reduce,
  type Session,
  type SessionEvent,
  type SessionState,
} from '../../../client/session/session.ts';
import { readSession, writeSession } from '../../../client/session/session-text.ts';

const instant = fc.date({ noInvalidDate: true });
const session = fc.record<Session>({
  token: fc.constantFrom('one', 'two', 'three'),
  expiry: fc.option(instant),
  user: fc.option(fc.record({ id: fc.bigInt(), name: fc.string(), since: instant }), { nil: undefined }),
  refreshAt: fc.option(fc.nat()),
});

/** An event. It may belong to a call that was made some calls, or some epochs, ago. */
type Happening =
  | { kind: 'login'; session: Session; ago: number }
  | { kind: 'refresh'; expiry: Date; ago: number }
  | { kind: 'end'; ago: number }
  | { kind: 'stored'; session: Session | null };

const ago = fc.nat({ max: 3 });
const happening: fc.Arbitrary<Happening> = fc.oneof(
  fc.record({ kind: fc.constant('login' as const), session, ago }),
  fc.record({ kind: fc.constant('refresh' as const), expiry: instant, ago }),
  fc.record({ kind: fc.constant('end' as const), ago }),
  fc.record({ kind: fc.constant('stored' as const), session: fc.option(session) }),
);

function eventOf(happened: Happening, epoch: Epoch, login: number): SessionEvent {
  switch (happened.kind) {
    case 'login':
      return { type: 'login', epoch: createEpoch(happened.session.token), session: happened.session, login };
    case 'refresh':
      return { type: 'refresh', epoch, session: { expiry: happened.expiry, refreshAt: 5 } };
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
  if (happened.kind === 'refresh') return before && { ...before, expiry: happened.expiry, refreshAt: 5 };
  return happened.session;
}

/** Whether calls in progress still count: not after another session began, nor after a login. */
function keepsEpoch(before: SessionState, after: SessionState, happened: Happening, isLate: boolean): boolean {
  return isLate || (happened.kind !== 'login' && before.epoch.token() === after.epoch.token());
}

test('late events change nothing; state, token and snapshot agree', () => {
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 40 }), (happenings) => {
      let state = initialState;
      let latestLogin = 0;
      const epochs: Epoch[] = [];
      for (const [index, happened] of happenings.entries()) {
        const before = state;
        if (epochs.at(-1) !== before.epoch) epochs.push(before.epoch);
        const epoch = 'ago' in happened ? (epochs.at(-1 - happened.ago) ?? before.epoch) : before.epoch;
        const login = index + 10 + index / 100 - ('ago' in happened ? happened.ago : 0);
        const isLate = happened.kind === 'login' ? login < latestLogin : epoch !== before.epoch;
        if (happened.kind === 'login' && !isLate) latestLogin = login;
        state = reduce(before, eventOf(happened, epoch, login));

        expect(state.session).toEqual(expectedSession(before, happened, isLate));
        expect(state.epoch === before.epoch).toBe(keepsEpoch(before, state, happened, isLate));
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
  epoch.isEnding = true;
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
