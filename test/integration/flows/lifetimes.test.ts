import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type CachedApp, kinds, openCachedApp } from '../../support/cache/cached-app.ts';
import { testLength } from '../../support/test-length.ts';

/** In seconds. */
const minute = 60;
const tokenTtl = 30 * minute;
const idleTtl = 5 * minute;
const maxLifetime = 60 * minute;

/** What may happen to a session. */
type Step =
  | { readonly kind: 'wait'; readonly seconds: number }
  | { readonly kind: 'use'; readonly process: 0 | 1 }
  | { readonly kind: 'refresh' };

const anyStep: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), seconds: fc.integer({ min: 1, max: 330 }) }),
  },
  { weight: 4, arbitrary: fc.record({ kind: fc.constant('use' as const), process: fc.constantFrom(0 as const, 1) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('refresh' as const) }) },
);

/** The rules in their plainest form, in seconds since the session was issued. */
class Model {
  #expiry = tokenTtl;
  #lastUse = 0;

  /** When the session ends if it is not used again. */
  get end(): number {
    return Math.min(this.#expiry, this.#lastUse + idleTtl, maxLifetime);
  }

  /** A use within a minute of the last one may be left unwritten. */
  get earliestEnd(): number {
    return Math.min(this.#expiry, this.#lastUse + idleTtl - minute, maxLifetime);
  }

  use(at: number): void {
    this.#lastUse = at;
  }

  refresh(at: number): void {
    this.use(at);
    this.#expiry = Math.min(at + tokenTtl, maxLifetime);
  }
}

describe.each(kinds)('a session with three lifetimes (%s)', (kind) => {
  let app: CachedApp;
  beforeAll(async () => {
    app = await openCachedApp(kind);
    await app.here.clients.update('web', { tokenTtl, idleTtl, maxLifetime });
  });
  afterAll(() => app.close());

  const flush = () => Promise.all(app.both.map((durin) => durin.flush()));

  test('lives as long as the model says', { timeout: 120_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { minLength: 5, maxLength: 40 }), async (steps) => {
        const { token, auth } = await app.here.tokens.issue({ user: 1, client: 'web' });
        const issuedAt = app.clock();
        const model = new Model();
        for (const step of steps) {
          const at = (app.clock() - issuedAt) / 1000;
          if (step.kind === 'wait') {
            app.clock.advance(step.seconds);
            continue;
          }
          const durin = app.both[step.kind === 'use' ? step.process : 0];
          const isAccepted = await durin?.authenticate(token).then(
            () => true,
            () => false,
          );
          await flush();
          const mayBeEither = at >= model.earliestEnd && at < model.end;
          expect({ at, isAccepted }).toEqual({ at, isAccepted: mayBeEither ? isAccepted : at < model.end });
          if (isAccepted !== true) return;
          model.use(at);
          if (step.kind !== 'refresh') continue;
          const { expiry } = await app.here.tokens.renew(auth.id);
          model.refresh(at);
          expect(((expiry?.getTime() ?? 0) - issuedAt) / 1000).toBeLessThanOrEqual(model.end);
        }
      }),
      { numRuns: testLength === 'full' ? 40 : 10 },
    );
  });

  test('a use in the last minute counts before the call goes on', async () => {
    const { token } = await app.here.tokens.issue({ user: 1, client: 'web' });
    await app.warm(token);
    app.clock.advance(idleTtl - 1);
    await app.here.authenticate(token); // not flushed
    app.clock.advance(2);
    expect(await app.there.authenticate(token)).toMatchObject({ client: { name: 'web' } });
  });

  test('a use in one process keeps the session alive in all', async () => {
    const { token } = await app.here.tokens.issue({ user: 1, client: 'web' });
    await app.warm(token);
    app.clock.advance(idleTtl - 2 * minute);
    await app.here.authenticate(token);
    await flush();
    app.clock.advance(3 * minute);
    expect(await app.there.authenticate(token)).toMatchObject({ client: { name: 'web' } });
  });

  test('a session that was not used is refused, listed no more and purged', async () => {
    const { token } = await app.here.tokens.issue({ user: 1, client: 'web' });
    await app.warm(token);
    await flush();
    app.clock.advance(idleTtl);
    const { token: other } = await app.login('cli');
    expect(await app.callAs({ token: other }).auth.sessions.list()).toMatchObject([{ client: 'cli' }]);
    expect(await app.there.tokens.purgeExpired()).toBe(0); // a use in the last minute may not be stored yet
    app.clock.advance(minute);
    expect(await app.there.tokens.purgeExpired()).toBe(1);
    expect(await app.look(token, () => 'valid')).not.toContain('valid');
  });

  test('a session of which no use was ever stored is purged as well', async () => {
    const { auth } = await app.here.tokens.issue({ user: 1, client: 'web' });
    await app.orm.em.getConnection().execute('delete from durin_token_use where token_id = ?', [auth.id]);
    app.clock.advance(idleTtl);
    expect(await app.there.tokens.purgeExpired()).toBe(0);
    app.clock.advance(minute);
    expect(await app.there.tokens.purgeExpired()).toBe(1);
  });

  test('every view shows the expiry that comes first', async () => {
    const { token } = await app.login('web');
    const call = app.callAs({ token });
    const expiry = new Date(app.clock() + idleTtl * 1000);
    expect((await call.me()).auth.expiry).toEqual(expiry);
    expect((await call.auth.sessions.list()).find(({ isCurrent }) => isCurrent)).toMatchObject({ expiry });
    expect(await call.auth.refresh()).toEqual({ expiry });
  });

  test('a maxLifetime that is set later binds the sessions that exist', async () => {
    await app.here.clients.update('web', { maxLifetime: null });
    const { auth } = await app.here.tokens.issue({ user: 1, client: 'web' });
    await app.here.clients.update('web', { maxLifetime, idleTtl: null });
    const end = new Date(app.clock() + maxLifetime * 1000);
    app.clock.advance(tokenTtl - 1);
    await app.here.tokens.renew(auth.id);
    app.clock.advance(tokenTtl - 1);
    expect(await app.here.tokens.renew(auth.id)).toEqual({ expiry: end });
    await app.here.clients.update('web', { idleTtl });
  });

  test('a lifetime given to tokens.issue is not passed by a refresh', async () => {
    const { token, auth } = await app.here.tokens.issue({ user: 1, client: 'cli', ttl: 2 * minute });
    const expiry = new Date(app.clock() + 2 * minute * 1000);
    app.clock.advance(minute);
    expect(await app.callAs({ token }).auth.refresh()).toEqual({ expiry });
    expect(await app.here.tokens.renew(auth.id)).toEqual({ expiry });
    app.clock.advance(minute);
    expect(await app.look(token, () => 'valid')).not.toContain('valid');
  });
});
