import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { requestOf } from '../../support/app.ts';
import { User } from '../../support/entities.ts';
import { openStreamApp, type StreamApp } from './stream-app.ts';
import { type Transport, transports } from './transports.ts';

let app: StreamApp;
beforeAll(async () => {
  app = await openStreamApp();
});
afterAll(() => app.close());

interface Session {
  readonly token: string;
  readonly id: string;
}

async function changeUser(change: Partial<User>): Promise<void> {
  const em = app.orm.em.fork();
  em.assign(await em.findOneOrFail(User, 1), change);
  await em.flush();
}

/** The ways in which a session ends, or may no longer use what it streams. */
const endings: Record<string, readonly [(session: Session) => Promise<unknown>, string]> = {
  logout: [
    ({ token }) => app.router.createCaller(app.durin.createContext(requestOf({ token }))).auth.logout(),
    'INVALID_TOKEN',
  ],
  'a revocation': [({ id }) => app.durin.tokens.revoke(id), 'INVALID_TOKEN'],
  'the end of all sessions': [() => app.durin.tokens.revokeAll({ user: 1 }), 'INVALID_TOKEN'],
  'a deactivation': [() => changeUser({ isActive: false }), 'USER_INACTIVE'],
  'a narrowed scope': [() => changeUser({ role: 'suspended' }), 'INSUFFICIENT_SCOPE'],
};
afterEach(() => changeUser({ isActive: true, role: 'member' }));

describe.each(Object.keys(transports))('over %s', (over) => {
  let transport: Transport;
  beforeAll(async () => {
    transport = await (transports[over] as (typeof transports)[string])(app);
  });
  afterAll(() => transport.close());

  test.each(Object.keys(endings))('%s ends a stream, and nothing follows', async (ending) => {
    const [end, code] = endings[ending] as (typeof endings)[string];
    const session = await app.signIn();
    const watched = await transport.watch('generator', session.token);
    await expect.poll(() => app.listeners()).toBe(1);
    app.publish('before');
    await expect.poll(() => watched.events).toEqual(['open', 'before']);
    const ended = end(session);
    await ended;
    app.publish('after');
    expect(await watched.over).toBe(code);
    expect(watched.events).toEqual(['open', 'before', code]);
    await expect.poll(() => [app.listeners(), [...app.open]]).toEqual([0, []]);
  });

  test('the deletion of its client ends it', async () => {
    const { name } = await app.durin.clients.create({ name: crypto.randomUUID() });
    const { token } = await app.durin.tokens.issue({ user: 1, client: name as 'web' });
    const watched = await transport.watch('generator', token);
    await expect.poll(() => watched.events).toEqual(['open']);
    await app.durin.clients.delete(name);
    expect(await watched.over).toBe('INVALID_TOKEN');
  });

  test('an expiry ends it', async () => {
    const { token } = await app.signIn('web', '1s');
    const watched = await transport.watch('generator', token);
    expect(await watched.over).toBe('TOKEN_EXPIRED');
  });

  test('an observable ends as well', async () => {
    const { token, id } = await app.signIn();
    const watched = await transport.watch('observable', token);
    await expect.poll(() => watched.events).toEqual(['open']);
    app.publish('before');
    await expect.poll(() => watched.events).toEqual(['open', 'before']);
    const revoked = app.durin.tokens.revoke(id);
    await revoked;
    app.publish('after');
    expect(await watched.over).toBe('INVALID_TOKEN');
    expect(watched.events).toEqual(['open', 'before', 'INVALID_TOKEN']);
    await expect.poll(() => [...app.open]).toEqual([]);
  });

  test('a generator that waits for ctx.auth.ended is woken', async () => {
    const { token, id } = await app.signIn();
    const watched = await transport.watch('waiting', token);
    await expect.poll(() => watched.events).toEqual(['open']);
    await app.durin.tokens.revoke(id);
    expect(await watched.over).toBe('INVALID_TOKEN');
    await expect.poll(() => [...app.open]).toEqual([]);
    expect(watched.events).toEqual(['open', 'INVALID_TOKEN']);
  });

  test('a change that leaves the session valid holds its events back', async () => {
    const { token, id } = await app.signIn();
    const watched = await transport.watch('generator', token);
    await expect.poll(() => app.listeners()).toBe(1);
    const renewing = app.durin.tokens.renew(id);
    for (let event = 0; event < 20; event += 1) {
      app.publish(String(event));
      await new Promise(setImmediate);
    }
    await renewing;
    await expect.poll(() => watched.events.length).toBe(21);
    expect(watched.events.slice(1)).toEqual(Array.from({ length: 20 }, (_, event) => String(event)));
    await watched.leave();
    await expect.poll(() => app.listeners()).toBe(0);
  });

  test('tracked events keep their ids', async () => {
    const { token, id } = await app.signIn();
    const watched = await transport.watch('tracked', token);
    await expect.poll(() => watched.events.length).toBe(1);
    const [event] = watched.events;
    expect(Array.isArray(event) ? event.slice(0, 2) : event).toEqual(
      over === 'a server-side caller' ? ['1', 'open'] : { id: '1', data: 'open' },
    );
    await app.durin.tokens.revoke(id);
    expect(await watched.over).toBe('INVALID_TOKEN');
  });

  test('a consumer that leaves first leaves nothing', async () => {
    const { token } = await app.signIn();
    const watched = await transport.watch('observable', token);
    await expect.poll(() => app.listeners()).toBe(1);
    await watched.leave();
    await expect.poll(() => [app.listeners(), [...app.open]]).toEqual([0, []]);
  });
});

test('a refresh moves the end of a stream', async () => {
  const { token, id } = await app.signIn();
  await app.orm.em
    .getConnection()
    .execute("update durin_auth_token set expiry = now() + interval '2 s' where id = ?", [id]);
  const transport = await (transports['a server-side caller'] as (typeof transports)[string])(app);
  const watched = await transport.watch('generator', token);
  await expect.poll(() => watched.events).toEqual(['open']);
  await app.router.createCaller(app.durin.createContext(requestOf({ token }))).auth.refresh();
  await new Promise((resolve) => setTimeout(resolve, 2000));
  app.publish('later');
  await expect.poll(() => watched.events).toEqual(['open', 'later']);
  await app.durin.tokens.revoke(id);
  await watched.over;
  await transport.close();
});
