import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  decide,
  type Era,
  type Fact,
  initialState,
  type Session,
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

/** What happens: it may be the answer to a call that was made some calls, or some eras, ago. */
type Event =
  | { kind: 'login'; session: Session; ago: number }
  | { kind: 'refresh'; expiry: Date; ago: number }
  | { kind: 'end'; ago: number }
  | { kind: 'stored'; session: Session | null };

const ago = fc.nat({ max: 3 });
const event: fc.Arbitrary<Event> = fc.oneof(
  fc.record({ kind: fc.constant('login' as const), session, ago }),
  fc.record({ kind: fc.constant('refresh' as const), expiry: instant, ago }),
  fc.record({ kind: fc.constant('end' as const), ago }),
  fc.record({ kind: fc.constant('stored' as const), session: fc.option(session) }),
);

function factOf(happened: Event, era: Era, login: number): Fact {
  if (happened.kind === 'login') return { session: happened.session, login };
  if (happened.kind === 'refresh') return { era, session: { expiry: happened.expiry, refreshAt: 5 } };
  if (happened.kind === 'end') return { era, session: null, reason: 'expired' };
  return { session: happened.session, reason: 'logged-out' };
}

/** What the session must be now; a refresh of none is no news. */
function expectedSession({ session: before }: SessionState, happened: Event, isLate: boolean): Session | null {
  if (isLate) return before;
  if (happened.kind === 'end') return null;
  if (happened.kind === 'refresh') return before && { ...before, expiry: happened.expiry, refreshAt: 5 };
  return happened.session;
}

/** Whether calls that are under way still count: not after another session began, nor after a login. */
function keepsEra(before: SessionState, after: SessionState, happened: Event, isLate: boolean): boolean {
  return isLate || (happened.kind !== 'login' && before.era() === after.era());
}

test('whatever happens in whatever order: what is late changes nothing, and state, token and snapshot agree', () => {
  fc.assert(
    fc.property(fc.array(event, { maxLength: 40 }), (events) => {
      let state = initialState;
      let latestLogin = 0;
      const eras: Era[] = [];
      for (const [index, happened] of events.entries()) {
        const before = state;
        if (eras.at(-1) !== before.era) eras.push(before.era);
        const era = 'ago' in happened ? (eras.at(-1 - happened.ago) ?? before.era) : before.era;
        const login = index + 10 + index / 100 - ('ago' in happened ? happened.ago : 0);
        const isLate = happened.kind === 'login' ? login < latestLogin : era !== before.era;
        if (happened.kind === 'login' && !isLate) latestLogin = login;
        state = decide(before, factOf(happened, era, login));

        expect(state.session).toEqual(expectedSession(before, happened, isLate));
        expect(state.era === before.era).toBe(keepsEra(before, state, happened, isLate));
        expect(state.era()).toBe(state.session?.token ?? null);
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

test('what is stored is read again as it was, dates and bigints and all', () => {
  fc.assert(
    fc.property(session, (stored) => {
      const { user, ...rest } = stored;
      expect(readSession(writeSession(stored))).toEqual(user === undefined ? rest : stored);
    }),
  );
});

test('whatever text a storage holds, reading it gives a session that can be used, or none', () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json()), (text) => {
      expect(readSession(text)?.token ?? 'none').toMatch(/^[!-~]+$/);
    }),
  );
});
