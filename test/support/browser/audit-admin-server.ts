import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createDurinAdmin } from '../../../src/admin/index.ts';
import { openAuditedApp } from '../audit/audited-app.ts';
import { User } from '../entities.ts';

const day = 86_400;

/** The admin page of an audited app on a free port. Alice is its admin, and bob may only read. Their passwords are their names. */
export async function openAuditAdmin() {
  const app = await openAuditedApp();
  const { durin, clock, callAs, orm } = app;
  const em = orm.em.fork();
  for (const username of ['alice', 'bob', 'carol', 'dave']) em.create(User, { username, passwordHash: username });
  await em.flush();
  const { page } = createDurinAdmin(durin, {
    isAdmin: ({ user }) => user.username === 'alice' || (user.username === 'bob' && 'read'),
    page: { client: 'devices' },
  });
  const server = createServer((request, response) => void page(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    durin,
    /** Fills two weeks: each day the users call, and some sign in and out. */
    async live(): Promise<void> {
      for (let days = 0; days < 14; days += 1) {
        for (const [index, username] of ['carol', 'dave', 'alice'].entries()) {
          const { token } = await callAs().auth.login({ username, password: username, client: 'web' });
          for (let calls = 0; calls < (days * 7 + index * 3) % 11; calls += 1) await callAs({ token }).read();
          if (days % 3 === index) await callAs({ token }).auth.logout();
        }
        await durin.flush();
        clock.advance(day);
      }
    },
    async close() {
      server.closeAllConnections();
      server.close();
      await app.close();
    },
  };
}

export type AuditAdmin = Awaited<ReturnType<typeof openAuditAdmin>>;
